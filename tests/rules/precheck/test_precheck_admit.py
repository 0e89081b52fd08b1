import copy
import json
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from picrete_gql.rules.precheck import Inadmissible, Proposal, admit, parse
from picrete_gql.rules.precheck.keys import criterion_keys
from picrete_gql.rules.precheck.quotes import Quotes
from tests.rules.precheck.samples import PAGES, TASKS, good, said, uid

KEYS = list(criterion_keys(TASKS))


def admitted(answer):
    return admit(parse(said(answer)), TASKS, PAGES)


def ensure_contract(proposal: Proposal) -> None:
    """The contract of an admitted answer, said once more in other words."""
    rubric = [sheet for task in TASKS for sheet in task.criteria]
    assert [score.criterion_id for score in proposal.scores] == [sheet.id for sheet in rubric]
    for score, sheet in zip(proposal.scores, rubric, strict=True):
        assert score.points.is_finite()
        assert 0 <= score.points <= sheet.max_points
        assert score.points.as_tuple().exponent == -2
        assert not score.points.is_signed()
        pages = {page.photo_id: page for page in PAGES}
        if score.block_id is not None:
            assert score.block_id in {block.id for block in pages[score.photo_id].blocks}
        if score.quote is not None:
            assert score.quote.strip() == score.quote != ""
            assert Quotes([pages[score.photo_id]]).find(score.quote)
    assert proposal.total == sum(score.points for score in proposal.scores)
    assert proposal.unreadable is None or proposal.unreadable.strip()


def test_a_good_answer():
    proposal = admitted(good())
    ensure_contract(proposal)
    assert proposal.total == Decimal("4.25")
    assert [str(score.points) for score in proposal.scores] == ["1.50", "0.75", "2.00"]
    assert proposal.scores[1].block_id == "/page/0/Text/2"
    assert proposal.scores[2].photo_id == uid(102)
    assert proposal.unreadable is None


def change(*path, to):
    def apply(answer):
        for key in path[:-1]:
            answer = answer[key]
        answer[path[-1]] = to

    return apply


def drop(*path):
    def apply(answer):
        for key in path[:-1]:
            answer = answer[key]
        del answer[path[-1]]

    return apply


FIRST = ("criteria", "t1c1")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (change("total", to=5), "sum to 4.25"),
        (change("total", to="4.25"), "`total` must be a number"),
        (change("total", to=True), "`total` must be a number"),
        (change("total", to=None), "`total` must be a number"),
        (drop("total"), "`total` is missing"),
        (drop("feedback"), "`feedback` is missing"),
        (drop("unreadable"), "`unreadable` is missing"),
        (drop("criteria"), "`criteria` is missing|no complete"),
        (change("criteria", to=[]), "must be an object"),
        (drop(*FIRST), "missing: t1c1"),
        (change("criteria", "t3c1", to={}), "not in the rubric"),
        (change(*FIRST, to=1.5), "`t1c1` must be an object"),
        (change(*FIRST, "points", to=1.51), "from 0 to 1.50"),
        (change(*FIRST, "points", to=-0.01), "from 0 to 1.50"),
        (change(*FIRST, "points", to=1.499), "two decimals"),
        (change(*FIRST, "points", to=0.1 + 0.2), "two decimals"),
        (change(*FIRST, "points", to=10**4000), "from 0 to 1.50"),
        (change(*FIRST, "points", to="1.5"), "must be a number"),
        (change(*FIRST, "points", to=True), "must be a number"),
        (drop(*FIRST, "points"), "`points` is missing"),
        (drop(*FIRST, "quote"), "`quote` is missing"),
        (drop(*FIRST, "page"), "`page` is missing"),
        (drop(*FIRST, "block_id"), "`block_id` is missing"),
        (drop(*FIRST, "comment"), "`comment` is missing"),
        (change(*FIRST, "comment", to=None), "must be a string"),
        (change(*FIRST, "errors", to="none"), "must be an array"),
        (change(*FIRST, "errors", to=[1]), "array of strings"),
        (change(*FIRST, "quote", to="я всё решил верно"), "stands on no page"),
        (change(*FIRST, "quote", to=["x"]), "must be a string"),
        (change(*FIRST, "quote", to="$$"), "stands on no page"),
        (change(*FIRST, "page", to=3), "no page 3"),
        (change(*FIRST, "page", to=1.5), "no page 1.5"),
        (change(*FIRST, "page", to=None), "without `page`"),
        (change(*FIRST, "page", to="1"), "must be a number"),
        (change(*FIRST, "block_id", to="b3"), "no block b3"),
        (change(*FIRST, "block_id", to="/page/0/Text/1"), "no block /page"),
        (change("unreadable", to="no"), "true or false"),
        (change("unreadable", to=True), "`unreadable_reason`"),
        (change("unreadable_reason", to=5), "must be a string"),
    ],
)
def test_every_break_of_the_contract_is_refused_and_named(spoil, why):
    answer = good()
    spoil(answer)
    with pytest.raises(Inadmissible, match=why):
        admitted(answer)


@pytest.mark.parametrize(
    "raw", ["NaN", "Infinity", "-Infinity", "1e400", "1E+999999", "1e-7", "1" * 5000, "0." + "3" * 5000]
)
def test_numbers_that_are_none(raw):
    with pytest.raises(Inadmissible) as refused:
        admit(parse(said(good()).replace('"points": 1.5', f'"points": {raw}')), TASKS, PAGES)
    assert len(refused.value.reason_for_model) < 300


@pytest.mark.parametrize("raw", ["1E+999999", "9" * 5000, "4.2500001", "1e400"])
def test_totals_that_are_none(raw):
    with pytest.raises(Inadmissible) as refused:
        admit(parse(said(good()).replace('"total": 4.25', f'"total": {raw}')), TASKS, PAGES)
    assert len(refused.value.reason_for_model) < 300


@pytest.mark.parametrize("raw", ["1.50", "15e-1", "1.5000000", "0.15E1"])
def test_the_same_number_in_other_digits(raw):
    assert admit(parse(said(good()).replace('"points": 1.5', f'"points": {raw}')), TASKS, PAGES) == admitted(good())


def test_minus_zero_is_zero():
    answer = good()
    answer["criteria"]["t1c1"]["points"] = -0.0
    answer["total"] = 2.75
    assert str(admitted(answer).scores[0].points) == "0.00"


def test_all_mistakes_are_told_at_once():
    answer = good()
    answer["criteria"]["t1c1"]["points"] = 9
    answer["criteria"]["t2c1"]["quote"] = "выдумка"
    answer["feedback"] = None
    with pytest.raises(Inadmissible) as refused:
        admitted(answer)
    reason = refused.value.reason_for_model
    assert "t1c1" in reason
    assert "t2c1" in reason
    assert "feedback" in reason


def test_a_quote_is_moved_to_where_it_stands():
    answer = good()
    answer["criteria"]["t1c1"].update(page=2, block_id="b1")
    score = admitted(answer).scores[0]
    assert (score.photo_id, score.block_id) == (uid(101), "/page/0/Text/1")


def test_no_quote_is_no_quote_and_other_keys_are_ignored():
    answer = good()
    answer["criteria"]["t1c1"].update(quote="  ", page=None, block_id=None, mood="happy")
    answer["thoughts"] = "…"
    score = admitted(answer).scores[0]
    assert (score.quote, score.photo_id, score.block_id) == (None, None, None)


def test_an_unreadable_work():
    answer = {**good(), "unreadable": True, "unreadable_reason": " размыто "}
    assert admitted(answer).unreadable == "размыто"
    assert admitted({**good(), "unreadable_reason": "мелочь"}).unreadable is None


values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["b1", "m = 36 г", "t1c1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, "points", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def paths(node, at=()):
    yield at
    for key, value in node.items() if isinstance(node, dict) else ():
        yield from paths(value, (*at, key))


PATHS = [path for path in paths(good()) if path]


@given(st.lists(st.tuples(st.sampled_from(PATHS), values, st.booleans()), min_size=1, max_size=3))
def test_a_mutated_answer_is_refused_or_keeps_the_contract(mutations):
    answer = good()
    for path, value, remove in mutations:
        target = answer
        for key in path[:-1]:
            target = target.get(key) if isinstance(target, dict) else None
        assume(isinstance(target, dict))
        if remove:
            target.pop(path[-1], None)
        else:
            target[path[-1]] = copy.deepcopy(value)
    try:
        ensure_contract(admitted(answer))
    except Inadmissible as problem:
        assert problem.reason_for_model


@given(st.data())
def test_a_torn_or_scribbled_text_is_refused_or_equal_or_keeps_the_contract(data):
    raw = said(good())
    at = data.draw(st.integers(0, len(raw)))
    until = data.draw(st.integers(at, min(at + 6, len(raw))))
    scribble = data.draw(st.text(alphabet='{}[]",:\\0123456789.eE-ntfbб ', max_size=4))
    try:
        ensure_contract(admit(parse(raw[:at] + scribble + raw[until:]), TASKS, PAGES))
    except Inadmissible:
        return


cents = st.integers(0, 150)


@given(cents, cents, st.integers(0, 200))
def test_every_right_sum_is_admitted_and_every_other_is_not(one, two, three):
    answer = good()
    for key, points in zip(KEYS, (one, two, three), strict=True):
        answer["criteria"][key]["points"] = points / 100
    raw = json.dumps({**answer, "total": "@"}, ensure_ascii=False)
    total = Decimal(one + two + three) / 100
    proposal = admit(parse(raw.replace('"@"', str(total))), TASKS, PAGES)
    ensure_contract(proposal)
    with pytest.raises(Inadmissible):
        admit(parse(raw.replace('"@"', str(total + Decimal("0.01")))), TASKS, PAGES)
