"""How many exports there may be and how large they may grow; why one has failed."""

from dataclasses import dataclass

from picrete_gql.models import ExportFailure
from picrete_gql.problems import Locale, Problem


@dataclass(eq=False)
class GradeExportLimitReached(Problem):
    """A teacher keeps no more exports in a course."""

    limit: int
    ru = "У вас уже {limit} выгрузок в этом курсе. Удалите ненужные или подождите, пока они исчезнут сами."
    en = "You already have {limit} exports in this course. Delete some, or wait until they expire."


@dataclass(eq=False)
class GradesTooMany(Problem):
    """A work has more submissions times criteria than the `limit`."""

    rows: int
    limit: int
    ru = "В выгрузке было бы {rows} строк, а можно не больше {limit}."
    en = "The export would have {rows} rows; at most {limit} are allowed."


FAILURES = {
    ExportFailure.TOO_LARGE: ("Файл получился слишком большим.", "The file grew too large."),
    ExportFailure.STORE_AWAY: (
        "Хранилище файлов долго не отвечало. Попробуйте ещё раз.",
        "The file store was away for too long. Try again.",
    ),
    ExportFailure.GIVEN_UP: (
        "Выгрузка несколько раз обрывалась. Попробуйте ещё раз или сообщите администратору.",
        "The export was cut off several times. Try again, or tell the administrator.",
    ),
}


def ensure_room(living: int, limit: int) -> None:
    """Raises GradeExportLimitReached."""
    if living >= limit:
        raise GradeExportLimitReached(limit)


def ensure_size(submissions: int, criteria: int, limit: int) -> None:
    """Raises GradesTooMany."""
    rows = submissions * max(criteria, 1)
    if rows > limit:
        raise GradesTooMany(rows, limit)


def explain(failure: ExportFailure, locale: Locale) -> str:
    """Why there is no file, as a sentence for a person."""
    ru, en = FAILURES[failure]
    return ru if locale is Locale.RU else en
