"""The task bank."""

from sqlalchemy import func, select
from sqlmodel import col

from picrete_gql.models import BankImage, BankItem, BankSource, Course, CourseSource

from ._sheet import Sheet, by_id, by_truth, by_value

BANK_SOURCES = Sheet(
    source=BankSource,
    id=col(BankSource.id),
    columns={
        "slug": col(BankSource.slug),
        "title": col(BankSource.title),
        "items": select(func.count()).where(col(BankItem.source_id) == col(BankSource.id)).scalar_subquery(),
        "courses": select(func.count()).where(col(CourseSource.source_id) == col(BankSource.id)).scalar_subquery(),
        "imported_at": col(BankSource.imported_at),
    },
    more={
        "attached": select(func.coalesce(func.array_agg(col(Course.slug)), []))
        .join_from(CourseSource, Course, col(Course.id) == col(CourseSource.course_id))
        .where(col(CourseSource.source_id) == col(BankSource.id))
        .scalar_subquery(),
        "created_at": col(BankSource.created_at),
    },
    order=[col(BankSource.id).desc()],
    sorts=["slug", "title"],
    search=[col(BankSource.slug), col(BankSource.title)],
    ids=[col(BankSource.id)],
    time=col(BankSource.imported_at),
)

BANK_ITEMS = Sheet(
    source=BankItem,
    joins=[(BankSource, col(BankSource.id) == col(BankItem.source_id))],
    id=col(BankItem.id),
    columns={
        "source_id": col(BankItem.source_id),
        "source": col(BankSource.title),
        "paragraph": col(BankItem.paragraph),
        "number": col(BankItem.number),
        "topic": col(BankItem.topic),
        "text": func.left(col(BankItem.text), 200),
        "has_answer": col(BankItem.answer) != "",
        "changed_at": col(BankItem.changed_at),
    },
    more={
        "whole_text": col(BankItem.text),
        "answer": col(BankItem.answer),
        "pictures": select(func.count()).where(col(BankImage.item_id) == col(BankItem.id)).scalar_subquery(),
    },
    order=[col(BankItem.source_id), col(BankItem.number_key), col(BankItem.id)],
    search=[col(BankItem.number), col(BankItem.topic), col(BankItem.text)],
    ids=[col(BankItem.id), col(BankItem.source_id)],
    filters={
        "source": by_id(col(BankItem.source_id)),
        "paragraph": by_value(col(BankItem.paragraph)),
        "answered": by_truth(col(BankItem.answer) != ""),
    },
    time=col(BankItem.changed_at),
)
