"""A planned read is the ordinary one: random selections of all that plans know, for everybody of a campus."""

import random
from collections import Counter
from typing import Any

import pytest

from tests.plans.both import difference, planned, runner_of, same, usual
from tests.plans.selections import selection
from tests.schema.campus import Campus

ROUNDS = 8
ALWAYS = ["owner", "teacher", "admin", "classmate"]


def roots(campus: Campus) -> list[tuple[str, str, dict[str, Any]]]:
    """Root fields that plans may answer: the head of the document, the field, its type, its variables."""
    here, paper = campus.here, campus.papers["owner"]
    one = "query($id: ID!) {"
    return [
        (f"{one} course(id: $id)", "Course", {"id": f"course_{here.course.id.hex}"}),
        ("query($slug: String!) { courseBySlug(slug: $slug)", "Course", {"slug": here.course.slug}),
        ("{ courses(first: 1)", "CourseConnection", {}),
        (f"{one} work(id: $id)", "Work", {"id": f"work_{here.work.id.hex}"}),
        (f"{one} work(id: $id)", "Work", {"id": f"work_{here.draft.id.hex}"}),
        (f"{one} attempt(id: $id)", "Attempt", {"id": f"attempt_{paper.attempt.id.hex}"}),
        (f"{one} photo(id: $id)", "Photo", {"id": f"photo_{paper.photos[0].id.hex}"}),
        ("{ myMemberships", "Membership", {}),
    ]


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_random_selections_for_everybody(campus: Campus, seed: int) -> None:
    runner, dice = runner_of(campus), random.Random(seed)
    met = Counter[str]()
    for head, kind, variables in roots(campus):
        text = f"{head} {selection(kind, 3, dice)} }}"
        others = dice.sample(sorted(campus.people.keys() - set(ALWAYS)), 3)
        for name in [*ALWAYS, *others]:
            context = campus.of(name)
            quick = await planned(runner, context, text, **variables)
            met[f"{kind} {'planned' if quick else 'usual'}"] += 1
            if quick is not None:
                slow = await usual(runner, context, text, **variables)
                assert same(quick, slow), f"{name}: {text}\n{difference(quick, slow)}"
                assert quick == await planned(runner, context, text, **variables), "the kept answer is the same"
    # Those who may see nothing are told so by the ordinary execution.
    assert met["Work planned"] >= 4 and met["Attempt planned"] >= 3 and met["Course planned"] >= 6, met
