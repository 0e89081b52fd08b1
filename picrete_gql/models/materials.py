"""Materials of a course: PDF files and pictures for its members."""

from uuid import UUID

from sqlmodel import Field

from picrete_gql.events import Event

from ._base import CourseRow, in_course
from ._privacy import nobodys

PDF, JPEG = "application/pdf", "image/jpeg"


class Material(CourseRow, table=True):
    """A file for the members of a course. `size` in bytes; `pages` of a PDF; `width` and `height` of a picture."""

    __privacy__ = nobodys("title filename mime size sha256 pages width height author_id")
    __table_args__ = (*in_course(),)
    title: str = Field(max_length=200)
    filename: str = Field(max_length=200)
    mime: str = Field(max_length=40)
    size: int
    sha256: str = Field(max_length=64)
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    author_id: UUID | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL", index=True)

    @property
    def key(self) -> str:
        """Where it lies in the object store: made of ids alone, no part of it is a client's text."""
        return f"materials/{self.course_id}/{self.id}.{'pdf' if self.mime == PDF else 'jpg'}"

    @property
    def shown_name(self) -> str:
        """The client's name of the file with the ending of what it really is."""
        stem = self.filename.rpartition(".")[0] or self.filename
        return f"{stem}.{'pdf' if self.mime == PDF else 'jpg'}"


class MaterialAdded(Event):
    name = "material.added"


class MaterialRemoved(Event):
    name = "material.removed"
