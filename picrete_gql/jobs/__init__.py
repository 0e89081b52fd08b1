"""The time door: when something happens, how often, and what if the outside is silent."""

from . import (
    attachments,
    attempts,
    bank,
    data_exports,
    erasures,
    grade_exports,
    grades,
    materials,
    notices,
    readings,
    retention,
)
from ._registry import REACTIONS
from ._worker import make_worker
from ._worker import run as run_worker

ROOMS = (
    attempts,
    attachments,
    readings,
    grades,
    grade_exports,
    notices,
    bank,
    materials,
    data_exports,
    erasures,
    retention,
)
__all__ = ["REACTIONS", "ROOMS", "make_worker", "run_worker"]
