"""The task bank: sources of tasks that belong to the platform, and the courses that they are attached to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Computed, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, col, select

from picrete_gql.events import Event

from ._base import TIME, CourseRow, Row, in_course
from ._privacy import nobodys
from .trainer import shown_to

# Keys of the natural order are compared by code point, whatever the collation of the database.
BY_CODE_POINT = String(collation="C")


class BankSource(Row, table=True):
    """A book or a collection of tasks. It is seen by the courses that it is attached to."""

    __privacy__ = nobodys("slug title imported_at")
    __tablename__ = "bank_source"
    slug: str = Field(unique=True, max_length=64)
    title: str = Field(max_length=200)
    imported_at: datetime = Field(sa_type=TIME)

    @classmethod
    def inside(cls, courses: Any) -> ColumnElement[bool]:
        """Attached to one of the courses."""
        return col(cls.id).in_(_sources(courses))


class CourseSource(CourseRow, table=True):
    """A source attached to a course."""

    __privacy__ = nobodys("source_id")
    __tablename__ = "course_source"
    __table_args__ = (*in_course(), UniqueConstraint("course_id", "source_id"))
    source_id: UUID = Field(foreign_key="bank_source.id", ondelete="CASCADE", index=True)


class BankSection(Row, table=True):
    """A topic of a paragraph with its theory; `number` (from 1) is its place in the file."""

    __privacy__ = nobodys("source_id number paragraph topic theory")
    __tablename__ = "bank_section"
    __table_args__ = (UniqueConstraint("source_id", "paragraph", "topic"), UniqueConstraint("id", "source_id"))
    source_id: UUID = Field(foreign_key="bank_source.id", ondelete="CASCADE")
    number: int
    paragraph: str = Field(max_length=200)
    topic: str = Field(max_length=200)
    theory: str = ""

    @classmethod
    def inside(cls, courses: Any) -> ColumnElement[bool]:
        """Of a source that is attached to one of the courses."""
        return col(cls.source_id).in_(_sources(courses))


class BankItem(Row, table=True):
    """One task; `number` is unique within its source. An empty `answer` means that none is known.

    `paragraph` and `topic` repeat those of the section, so that filters and the search need this table alone.
    `number_key` and `paragraph_key` give the natural order. The column `search` is made by the database and belongs to
    it: see SEARCH.
    """

    __privacy__ = nobodys(
        "source_id section_id number number_key paragraph paragraph_key topic text answer changed_at search"
    )
    __tablename__ = "bank_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["section_id", "source_id"], ["bank_section.id", "bank_section.source_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("source_id", "number"),
        UniqueConstraint("id", "source_id"),
        Index("ix_bank_item_order", "source_id", "number_key", "id"),
        Index("ix_bank_item_paragraph", "source_id", "paragraph"),
    )
    source_id: UUID = Field(foreign_key="bank_source.id", ondelete="CASCADE")
    section_id: UUID = Field(index=True)
    number: str = Field(max_length=40)
    number_key: str = Field(sa_type=BY_CODE_POINT)
    paragraph: str = Field(max_length=200)
    paragraph_key: str = Field(sa_type=BY_CODE_POINT)
    topic: str = Field(max_length=200)
    text: str
    answer: str = ""
    changed_at: datetime = Field(sa_type=TIME)

    @classmethod
    def inside(cls, courses: Any) -> ColumnElement[bool]:
        """Of a source that is attached to one of the courses."""
        return col(cls.source_id).in_(_sources(courses))

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """What stands in the student's trainer sets."""
        return col(cls.id).in_(shown_to(student_id))


class BankImage(Row, table=True):
    """A picture of a task, an upright JPEG under `key`. `sha256` (hex) is of the file that was imported.

    The objects of equal pictures may be shared within a source; the sweeper removes those that no row names.
    """

    __privacy__ = nobodys("source_id item_id number filename sha256 size width height key")
    __tablename__ = "bank_image"
    __table_args__ = (
        ForeignKeyConstraint(["item_id", "source_id"], ["bank_item.id", "bank_item.source_id"], ondelete="CASCADE"),
        UniqueConstraint("item_id", "number", deferrable=True, initially="IMMEDIATE"),
    )
    source_id: UUID = Field(index=True)
    item_id: UUID
    number: int
    filename: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    size: int
    width: int
    height: int
    key: str = Field(index=True)

    @classmethod
    def inside(cls, courses: Any) -> ColumnElement[bool]:
        """Of a source that is attached to one of the courses."""
        return col(cls.source_id).in_(_sources(courses))

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """Of the tasks in the student's trainer sets."""
        return col(cls.item_id).in_(shown_to(student_id))


def _sources(courses: Any) -> Any:
    return select(CourseSource.source_id).where(col(CourseSource.course_id).in_(courses)).correlate(None)


# Both dictionaries, because a chemist writes in two languages; the two stemmers leave the other's words alone.
# «ё» is «е», and CO₂ is CO2, here and in the question (`plain` in the rules of the bank).
FOLD = ("Ёё₀₁₂₃₄₅₆₇₈₉", "Ее0123456789")
_WORDS = f"translate(number || ' ' || topic || ' ' || text, '{FOLD[0]}', '{FOLD[1]}')"
_VECTOR = f"to_tsvector('russian'::regconfig, {_WORDS}) || to_tsvector('english'::regconfig, {_WORDS})"
# Not an attribute of BankItem: nobody wants to read it, and it is as long as the text.
SEARCH: Any = Column("search", TSVECTOR, Computed(_VECTOR, persisted=True))
BankItem.__table__.append_column(SEARCH)  # type: ignore[attr-defined]
Index("ix_bank_item_search", SEARCH, postgresql_using="gin")


class BankImported(Event):
    name = "bank.imported"


class SourceAttached(Event):
    name = "source.attached"


class SourceDetached(Event):
    name = "source.detached"
