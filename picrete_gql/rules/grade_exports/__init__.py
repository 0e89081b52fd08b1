"""A work's grades as a file: what stands in it, in which words, and that no cell of it is a formula."""

from .entry import Entry, Head, Line, Points
from .files import FileTooLarge, GradesFile
from .limits import GradeExportLimitReached, GradesTooMany, ensure_room, ensure_size, explain
from .names import MIME, filename
from .opening import open_file

__all__ = [
    "MIME",
    "Entry",
    "FileTooLarge",
    "GradeExportLimitReached",
    "GradesFile",
    "GradesTooMany",
    "Head",
    "Line",
    "Points",
    "ensure_room",
    "ensure_size",
    "explain",
    "filename",
    "open_file",
]
