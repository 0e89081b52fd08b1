"""When a student may ask for another look at a mark, and what an answer does to the points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from picrete_gql.models import Criterion, Regrade, RegradeStatus, Submission, Work
from picrete_gql.problems import Code, Conflict, Invalid, Problem
from picrete_gql.settings import Regrades

from .grades import ensure_points
from .readings import Polygon
from .submissions import HUMAN


@dataclass(eq=False)
class MarkNotReleased(Problem):
    """There is no mark that the student can see: not yet, or it was taken back."""

    ru = "Сейчас у работы нет выставленной оценки."
    en = "There is no released mark at present."


@dataclass(eq=False)
class RegradesClosed(Problem):
    """A teacher takes no requests about this work."""

    ru = "Запросы на пересмотр по этой работе не принимаются."
    en = "Requests for another look at the marks of this work are not taken."


@dataclass(eq=False)
class RegradeTooLate(Problem):
    """The time to ask is over."""

    deadline: datetime
    code = Code.DEADLINE_PASSED
    ru = "Время, когда можно было просить о пересмотре, вышло."
    en = "The time to ask for another look is over."


@dataclass(eq=False)
class RegradeAlreadyOpen(Problem):
    """There is an open request about this criterion already."""

    ru = "По этому критерию уже есть открытый запрос."
    en = "There is an open request about this criterion already."


@dataclass(eq=False)
class TooManyRegrades(Problem):
    """So many requests were made already, about the submission or this criterion of it."""

    limit: int
    ru = "Больше запросов подать нельзя: предел — {limit}."
    en = "No more requests can be made: the limit is {limit}."


@dataclass(eq=False)
class TooManyMessages(Problem):
    """The thread is full."""

    limit: int
    ru = "В обсуждении не больше {limit} сообщений."
    en = "A thread has at most {limit} messages."


@dataclass(frozen=True)
class Anchor:
    """What a request points at: a photo, and perhaps a block of it or a polygon in 0..1."""

    photo_id: UUID
    block_id: str | None = None
    polygon: Polygon | None = None


@dataclass(frozen=True)
class Ruling:
    """What a teacher gives: new points of the criterion, or, where a mark has none, new final points; or neither.

    A `comment` replaces the one that stands beside the criterion's points.
    """

    points: Decimal | None = None
    final_points: Decimal | None = None
    comment: str | None = None

    @property
    def changes(self) -> bool:
        """Whether points are given; else everything stays as it is."""
        return self.points is not None or self.final_points is not None


@dataclass(frozen=True)
class Outcome:
    """Points of the criterion and of the whole, before and after."""

    before: Decimal | None
    after: Decimal | None
    final_before: Decimal | None
    final_after: Decimal | None

    @property
    def changed(self) -> bool:
        """Whether the mark is another one."""
        return (self.before, self.final_before) != (self.after, self.final_after)


def is_released(submission: Submission) -> bool:
    """Whether the student can see a mark."""
    return submission.status in HUMAN and submission.released_at is not None


def until(submission: Submission, work: Work, of: Regrades) -> datetime | None:
    """Until when a mark may be asked about; None without a mark, or where no requests are taken."""
    if not is_released(submission) or submission.released_at is None or work.regrades_closed_at is not None:
        return None
    return submission.released_at + timedelta(days=of.window_days)


def ensure_can_ask(submission: Submission, work: Work, now: datetime, of: Regrades) -> None:
    """Raises the reason why nobody can ask about this mark now."""
    if not is_released(submission):
        raise MarkNotReleased
    deadline = until(submission, work, of)
    if deadline is None:
        raise RegradesClosed
    if now >= deadline:
        raise RegradeTooLate(deadline)


def ensure_room(earlier: Sequence[Regrade], criterion_id: UUID, of: Regrades) -> None:
    """One open request about a criterion, and not too many in all. Raises RegradeAlreadyOpen or TooManyRegrades."""
    same = [regrade for regrade in earlier if regrade.criterion_id == criterion_id]
    if any(regrade.status is RegradeStatus.OPEN for regrade in same):
        raise RegradeAlreadyOpen
    if len(same) >= of.per_criterion:
        raise TooManyRegrades(of.per_criterion)
    if len(earlier) >= of.per_submission:
        raise TooManyRegrades(of.per_submission)


def ensure_open(regrade: Regrade) -> None:
    """Raises Conflict with the state of a request that is no longer open."""
    if regrade.status is not RegradeStatus.OPEN:
        raise Conflict(regrade.status.value)


def outcome(submission: Submission, criterion: Criterion, scores: Mapping[UUID, Decimal], given: Ruling) -> Outcome:
    """What an answer does to a mark with these scores by criterion. Raises Invalid or PointsOutOfRange.

    A mark that was given as a whole, or a rejection, has no scores: then only the final points can be given.
    """
    now, final = scores.get(criterion.id), submission.final_points
    if given.comment is not None and given.points is None:
        raise Invalid("comment", "Комментарий идёт вместе с баллами.", "A comment goes with points.")
    if not given.changes:
        return Outcome(now, now, final, final)
    if scores:
        if given.points is None or given.final_points is not None:
            ru, en = (
                "Итог — сумма по критериям: укажите только points.",
                "Give only points: the mark is their sum.",
            )
            raise Invalid("finalPoints", ru, en)
        after = {**scores, criterion.id: ensure_points(given.points, criterion.max_points)}
        return Outcome(now, given.points, final, sum(after.values(), Decimal(0)))
    if given.final_points is None or given.points is not None:
        ru, en = "У оценки нет баллов по критериям: укажите finalPoints.", "Give finalPoints: the mark has no scores."
        raise Invalid("points", ru, en)
    return Outcome(None, None, final, ensure_points(given.final_points, submission.max_points))
