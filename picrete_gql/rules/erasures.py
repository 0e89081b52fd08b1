"""Being forgotten: who may ask for it now, and what it still waits for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from picrete_gql.problems import Problem

# What an erased person is called from then on; nobody signs up under such a name.
PSEUDONYM = "erased-"


class Wait(StrEnum):
    """Why an erasure whose time has come is not carried out yet."""

    ATTEMPT = "attempt"
    PROCESSING = "processing"
    HOLD = "hold"
    LAST_ADMIN = "last_admin"


@dataclass(eq=False)
class AttemptsOpen(Problem):
    """Somebody who is solving a work would lose it: they hand in first."""

    attempts: int
    ru = "Сначала сдайте открытые работы: {attempts}."
    en = "Hand in your open works first: {attempts}."


@dataclass(eq=False)
class OnlyTeacher(Problem):
    """A course would be left without a teacher."""

    course: str
    ru = "В курсе «{course}» нет другого преподавателя: сначала передайте курс."
    en = "The course “{course}” has no other teacher: hand it over first."


@dataclass(eq=False)
class ErasureOrdered(Problem):
    """An administrator has asked for it, and only an administrator takes it back."""

    ru = "Удаление назначил администратор: отменить его может только администратор."
    en = "An administrator has ordered the erasure: only an administrator can take it back."


@dataclass(eq=False)
class ErasureOver(Problem):
    """It has been carried out or taken back already."""

    ru = "Это удаление уже выполнено или отменено."
    en = "This erasure has been carried out or taken back already."


@dataclass(eq=False)
class AlreadyErased(Problem):
    """There is nobody behind this account any more."""

    erased_at: datetime
    ru = "Данные этого человека удалены: учётную запись нельзя изменить."
    en = "This person has been erased: the account cannot be changed."
