"""What can no longer be done once an image or a page is gone, and how long things are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from picrete_gql.problems import Code, Problem


@dataclass(eq=False)
class ImageRemoved(Problem):
    """The image of a photo has been removed, so it cannot be read again."""

    code = Code.CONFLICT
    removed_at: datetime
    ru = "Изображение удалено, распознать страницу заново нельзя."
    en = "The image has been removed: the page cannot be read again."


@dataclass(eq=False)
class PagesRemoved(Problem):
    """What was read has been removed with the person's data, so there is nothing to precheck."""

    code = Code.CONFLICT
    removed_at: datetime
    ru = "Страницы работы удалены вместе с данными студента, проверить её заново нельзя."
    en = "The pages have been removed with the student's data: the work cannot be prechecked again."


def cutoff(now: datetime, days: int) -> datetime | None:
    """What ended before this moment has been kept long enough; None when it is kept for ever."""
    return now - timedelta(days=days) if days else None
