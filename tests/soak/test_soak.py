"""The soak's own eyes: each kind of broken promise is seen, and nothing else is taken for one."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.soak import check, report, samples
from tests.soak.check import Truth
from tests.soak.ledger import Ledger, Told

ID, WORK = UUID(int=1), UUID(int=2)


def photo(number: int, digest: str = "a", **facts: Any) -> dict[str, Any]:
    """A row of a photo."""
    good = {"id": UUID(int=number), "number": number, "sha256": digest, "uploaded_at": 1, "status": "ready"}
    return {**good, "failure": None, **facts}


def told(**facts: Any) -> Told:
    """A student who was told of one photo."""
    given: dict[str, Any] = {"photos": {"a": f"photo_{UUID(int=1).hex}"}, "submitted": True, **facts}
    return Told("ada", f"work_{WORK.hex}", f"attempt_{ID.hex}", **given)


ROW = {"id": ID, "status": "graded", "submission": ID, "state": "approved"}
PAPERS: dict[str, tuple[Told, dict[str, Any], list[dict[str, Any]], str]] = {
    "as promised": (told(), ROW, [photo(1)], ""),
    "lost": (told(), ROW, [], "was told of"),
    "another": (told(), ROW, [photo(1, "b")], "was told of"),
    "twice": (told(), ROW, [photo(1), photo(2)], "twice"),
    "too many": (told(), ROW, [photo(1), photo(2, "b")], "too many"),
    "by chat lost": (told(chat_photos={"c"}), ROW, [photo(1)], "by chat is lost"),
    "by chat there": (told(chat_photos={"c"}), ROW, [photo(1), photo(2, "c")], ""),
    "a gap": (told(), ROW, [{**photo(1), "number": 2}], "pages"),
    "not read": (told(), ROW, [photo(1, status="failed")], "pages"),
    "not handed in": (told(), {**ROW, "status": "active"}, [photo(1)], "handed in"),
    "mark gone": (told(mark=Decimal(1)), {**ROW, "state": "preliminary"}, [photo(1)], "had a mark"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_compared_with_what_was_told(name: str) -> None:
    mine, row, photos, complaint = PAPERS[name]
    ledger = Ledger()
    Truth(None, ledger)._paper(mine, row, photos)  # type: ignore[arg-type]
    assert (complaint in " ".join(ledger.wrong)) if complaint else not ledger.wrong, ledger.wrong


class Fixed(Truth):
    """A database that says what it is told to."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        super().__init__(None, Ledger())  # type: ignore[arg-type]
        self.answer = rows

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """Always the same."""
        return self.answer


def happened(*names: str) -> list[dict[str, Any]]:
    """Events of a work."""
    return [{"name": name, "attempt_id": ID, "photo_id": None} for name in names]


def heard(*names: str) -> list[dict[str, Any]]:
    """The same as a feed tells it."""
    id = f"attempt_{ID.hex}"
    return [{"cursor": str(uuid4()), "name": name, "attemptId": id, "photoId": None} for name in names]


@pytest.mark.parametrize(
    ("names", "good"),
    [(("a", "b", "c"), True), (("b", "c"), True), (("a", "b"), False), (("a", "c"), False), (("c", "b"), False)],
)
async def test_a_feed_is_the_end_of_what_happened(names: tuple[str, ...], good: bool) -> None:
    truth = Fixed(happened("a", "b", "c"))
    await truth._feed("work_x", heard(*names))
    assert (not truth.ledger.wrong) is good, truth.ledger.wrong


async def test_a_feed_tells_nothing_twice() -> None:
    truth, entries = Fixed(happened("a", "a")), heard("a")
    await truth._feed("work_x", entries * 2)
    assert "twice" in truth.ledger.wrong[0]


async def test_marks_are_there_once_and_as_they_were_given() -> None:
    row = {"id": ID, "final_points": Decimal(5), "status": "approved", "times": 1}
    for facts, points, good in (
        ({}, 5, True),
        ({}, 4, False),
        ({"times": 2}, 5, False),
        ({"status": "preliminary"}, 5, False),
        ({"id": UUID(int=9)}, 5, False),
    ):
        truth = Fixed([{**row, **facts}])
        truth.ledger.marks = {f"submission_{ID.hex}": Decimal(points)}
        await truth._marks()
        assert (not truth.ledger.wrong) is good, truth.ledger.wrong


def test_a_watcher_must_have_seen_the_last_state() -> None:
    row = {"status": "graded", "state": "approved", "version": 3, "final_points": Decimal("5.00")}
    seen = {"status": "APPROVED", "version": 3, "grade": {"finalPoints": "5.00"}}
    assert check._fits(row, {"status": "GRADED", "submission": seen})
    for stale in ({**seen, "version": 2}, {**seen, "grade": None}, {**seen, "status": "PRELIMINARY"}, None):
        assert not check._fits(row, {"status": "GRADED", "submission": stale})
    assert not check._fits(row, None)


@pytest.mark.parametrize(("per_minute", "fits"), [(0, True), (0.4, True), (5, False)])
def test_growth_is_seen_after_the_warming_up(per_minute: float, fits: bool) -> None:
    looked = samples.Samples(None, Ledger())  # type: ignore[arg-type]
    warming = [(5.0 * n, 50 + n) for n in range(60)]
    looked.of = {"api-0.1 MB": [*warming, *((300 + 5.0 * n, 110 + per_minute * n / 12) for n in range(240))]}
    [(_, _, _, _, said)] = looked.grown()
    assert said is fits
    assert samples.slope([(0, 1), (1, 3), (2, 5)]) == 2
    assert "<polyline" in report.svg(looked, looked.ledger, [(1, 2, "a <fault>")])


def test_a_short_life_proves_nothing() -> None:
    looked = samples.Samples(None, Ledger())  # type: ignore[arg-type]
    looked.of = {"api-0.1 MB": [(5.0 * n, 50.0 + 10 * n) for n in range(20)]}
    assert looked.grown() == []
