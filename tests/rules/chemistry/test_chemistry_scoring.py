"""Points of the engine `rules`."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.chemistry import Criterion, RulesProposal, propose
from tests.rules.chemistry.works import page, task

KINDS = ("method", "calculation", "units", "notation", "other")


def points(
    text: str, answer: str | None = "5,85", units: str | None = "г", confidence: float | None = None
) -> list[str]:
    rubric = {1: [Criterion(uuid4(), kind, Decimal(1)) for kind in KINDS]}
    proposal = propose([task(answer, units)], rubric, [page(text, confidence=confidence)])
    assert proposal.total == sum(score.points for score in proposal.scores)
    return [str(score.points) for score in proposal.scores]


EQUATION = "2Na + Cl2 = 2NaCl\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{EQUATION}Ответ: 5,85 г", "1.00 1.00 1.00 1.00 1.00"),
        (f"{EQUATION}Ответ: 7,3 г", "0.50 0.00 1.00 1.00 0.00"),
        (f"{EQUATION}Ответ: 7,3 моль", "0.50 0.00 0.00 1.00 0.00"),
        (f"{EQUATION}Ответ: 5,85 моль", "1.00 1.00 0.00 1.00 1.00"),
        ("Na + Cl2 = NaCl\nОтвет: 7,3 г", "0.00 0.00 1.00 0.00 0.00"),
        ("Na + Cl2 = NaCl\nОтвет: 5,85 г", "1.00 1.00 1.00 0.00 1.00"),
        (f"{EQUATION}M(NaCl) = 90 г/моль\nОтвет: 7,3 г", "0.00 0.00 1.00 1.00 0.00"),
        ("Решал, но не решил", "0.00 0.00 0.00 1.00 0.00"),
        (EQUATION, "0.50 0.00 0.00 1.00 0.00"),
        ("Ответ: 6 г", "1.00 1.00 1.00 1.00 1.00"),
        ("", "0.00 0.00 0.00 0.00 0.00"),
        ("  \n ", "0.00 0.00 0.00 0.00 0.00"),
    ],
)
def test_points_follow_from_the_findings(text: str, expected: str) -> None:
    assert points(text) == expected.split()


def test_unsure_never_counts_against_the_student_and_is_said() -> None:
    assert points("Ответ: 7,3 г", confidence=0.3) == ["1.00"] * 5
    assert points("Ответ: 7,3 г", answer=None, units=None) == ["1.00"] * 5
    rubric = {1: [Criterion(uuid4(), "calculation", Decimal(1))]}
    (score,) = propose([task("5,85", "г")], rubric, [page("Ответ: 6 г")]).scores
    assert not score.checked
    assert "условно" in score.comment_ru
    (score,) = propose([task("5,85", "г")], rubric, [page("Ответ: 5,85 г")]).scores
    assert score.checked
    assert "условно" not in score.comment_ru


def test_every_score_says_what_was_checked_and_where() -> None:
    work = page("2Na + Cl2 = 2NaCl", "Ответ: 5,85 г")
    rubric = {1: [Criterion(uuid4(), kind, Decimal("0.3")) for kind in KINDS]}
    proposal = propose([task("5,85", "г")], rubric, [work])
    assert proposal.engine == "rules"
    assert [score.criterion_id for score in proposal.scores] == [criterion.id for criterion in rubric[1]]
    for score in proposal.scores:
        assert score.comment_ru.startswith("Проверено правилами, без модели: ")
        assert score.quote in ("2Na + Cl2 = 2NaCl", "5,85 г")
        assert f"«{score.quote}» (блок {score.block_id})" in score.comment_ru
        assert score.photo_id == work.photo_id
    assert "1 из 1" in proposal.feedback_ru
    assert "1,50 из 1,5" in proposal.feedback_ru
    assert "преподаватель" in proposal.feedback_ru


def test_a_task_that_nobody_touched_gets_nothing_and_one_that_was_not_told_apart_is_not_punished() -> None:
    tasks = [task("5,85", "г", 1), task("2,24", "л", 2)]
    rubric = {n: [Criterion(uuid4(), "calculation", Decimal(1))] for n in (1, 2)}

    def scored(text: str) -> list[str]:
        return [str(score.points) for score in propose(tasks, rubric, [page(text)]).scores]

    assert scored("Иванов Иван\nЗадача 1\nОтвет: 5,85 г") == ["1.00", "0.00"]
    assert scored("n = 1\nОтвет: 5,85 г\nОтвет: 3 л") == ["1.00", "1.00"]


def check_sums(proposal: RulesProposal, criteria: list[Criterion]) -> None:
    assert len(proposal.scores) == len(criteria)
    assert proposal.total == sum((score.points for score in proposal.scores), Decimal(0))
    for score, criterion in zip(proposal.scores, criteria, strict=True):
        assert 0 <= score.points <= criterion.max_points
        assert score.points == score.points.quantize(Decimal("0.01"))


@given(
    st.lists(st.tuples(st.sampled_from([*KINDS, "чужой"]), st.decimals("0.001", "100", places=3)), max_size=6),
    st.sampled_from(["", "Ответ: 5,85 г", "Ответ: 7 г", f"{EQUATION}Ответ: 7 моль", EQUATION, "H2 + O2 = H2O"]),
)
def test_sums_are_exact_and_within_the_rubric(lines: list[tuple[str, Decimal]], text: str) -> None:
    criteria = [Criterion(uuid4(), kind, most) for kind, most in lines]
    check_sums(propose([task("5,85", "г")], {1: criteria}, [page(text)]), criteria)
