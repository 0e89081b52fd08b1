"""Expected refusals: the product saying no, in words written for a person and facts for a machine."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar


class Code(StrEnum):
    """What kind of refusal it is. Clients switch on this, people read the message."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"
    CONFLICT = "CONFLICT"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    CAPACITY = "CAPACITY"
    WORK_NOT_STARTED = "WORK_NOT_STARTED"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    ATTEMPTS_EXHAUSTED = "ATTEMPTS_EXHAUSTED"
    REVIEW_INCOMPLETE = "REVIEW_INCOMPLETE"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class Locale(StrEnum):
    """A language that every text for people exists in."""

    RU = "ru"
    EN = "en"


@dataclass(eq=False)
class Problem(Exception):
    """Base of every refusal. A subclass is a dataclass of its facts with one sentence per language."""

    code: ClassVar[Code] = Code.CONFLICT
    ru: ClassVar[str]
    en: ClassVar[str]

    def facts(self) -> dict[str, Any]:
        """What a machine may want to know about the refusal."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def say(self, locale: Locale = Locale.RU) -> str:
        """The sentence for a person."""
        sentence = self.ru if locale is Locale.RU else self.en
        return sentence.format(**self.facts())

    def __str__(self) -> str:
        return self.say(Locale.EN)


@dataclass(eq=False)
class NotFound(Problem):
    """There is no such thing, or not for this viewer: the two are never told apart."""

    what: str
    code = Code.NOT_FOUND
    ru = "Не найдено: {what}."
    en = "Not found: {what}."


@dataclass(eq=False)
class Unauthenticated(Problem):
    """Nobody is signed in, or the sign-in has ended."""

    code = Code.UNAUTHENTICATED
    ru = "Войдите, чтобы продолжить."
    en = "Sign in to continue."


@dataclass(eq=False)
class Forbidden(Problem):
    """The viewer is known and this is not theirs to do (only where nothing about a course is revealed)."""

    code = Code.FORBIDDEN
    ru = "На это у вас нет прав."
    en = "You are not allowed to do this."


@dataclass(eq=False)
class Invalid(Problem):
    """An input that cannot be used. `field` is the path in the input, `reason_*` the sentence."""

    field: str
    reason_ru: str
    reason_en: str
    code = Code.INVALID_INPUT
    ru = "{reason_ru}"
    en = "{reason_en}"


@dataclass(eq=False)
class Conflict(Problem):
    """The thing is not in the state that this needs."""

    state: str
    code = Code.CONFLICT
    ru = "Сейчас это невозможно: состояние «{state}»."
    en = "This is not possible now: the state is “{state}”."


@dataclass(eq=False)
class VersionConflict(Problem):
    """Somebody changed it in between."""

    current_version: int
    code = Code.VERSION_CONFLICT
    ru = "Данные изменились, пока вы работали. Текущая версия: {current_version}."
    en = "It was changed while you worked. The current version is {current_version}."


@dataclass(eq=False)
class RateLimited(Problem):
    """Too many tries; `retry_after` in seconds."""

    retry_after: int
    code = Code.RATE_LIMITED
    ru = "Слишком часто. Повторите через {retry_after} с."
    en = "Too many requests. Try again in {retry_after} s."


@dataclass(eq=False)
class Unavailable(Problem):
    """Something outside does not answer. `detail` is for the log and the run ledger, never for a stranger."""

    what: str
    detail: str = ""
    retry_after: float | None = None
    code = Code.UNAVAILABLE
    ru = "Сервис временно недоступен ({what}). Попробуйте позже."
    en = "The service is temporarily unavailable ({what}). Try again later."


@dataclass(eq=False)
class Refused(Problem):
    """An outside provider said no for good: asking again would change nothing. `detail` says what it answered."""

    what: str
    detail: str = ""
    code = Code.UNAVAILABLE
    ru = "Сервис отклонил запрос ({what})."
    en = "The service refused the request ({what})."
