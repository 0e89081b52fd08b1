import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.precheck import Inadmissible, parse
from tests.rules.precheck.samples import good, said

SMALL = '{"criteria": {}, "total": 1.10}'


@pytest.mark.parametrize(
    "content",
    [
        SMALL,
        f"```json\n{SMALL}\n```",
        f"```\n{SMALL}```",
        f"Вот оценка {{черновик}} и ещё {{}}:\n{SMALL}\nНадеюсь, {{помог}}.",
        f'Он сказал "да: {SMALL}',
        f'<think>maybe {{"criteria": {{}}, "total": 5}} {"{" * 5}</think>{SMALL}',
        f"{SMALL}\n{SMALL}",
        f"\ufeff  {SMALL}",
    ],
)
def test_the_object_is_found(content):
    assert parse(content) == {"criteria": {}, "total": Decimal("1.10")}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no complete"),
        ("полный балл", "no complete"),
        ("[1, 2]", "no complete"),
        ("null", "no complete"),
        (SMALL[:-1], "cut off"),
        (said(good())[:-2], "cut off"),
        (SMALL + '{"criteria": {}, "total": 2}', "more than one"),
        ('{"criteria": {}, "total": NaN}', "NaN"),
        ('{"criteria": {}, "total": -Infinity}', "Infinity"),
        ('{"criteria": {}, "total": 1, "total": 2}', "twice"),
        ('{"criteria": {"t1c1": 1, "t1c1": 2}}', "twice"),
        ('{"criteria": {}, "total": 1e99999999999999999999}', "no complete"),
        ('{"criteria": {}, "total": 01}', "no complete"),
        ('{"criteria": {}, "total": 1,}', "no complete"),
        ("{" * 100_000, "cut off"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "no complete"),
        ("{'criteria': {}}", "no complete"),
    ],
)
def test_anything_else_is_not(content, why):
    with pytest.raises(Inadmissible, match=why):
        parse(content)


@given(st.integers(min_value=1))
def test_a_cut_answer_is_never_repaired(cut):
    content = said(good())
    with pytest.raises(Inadmissible):
        parse(content[: -(cut % (len(content) - 1)) - 1])


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{m}{M}",
        r"\beta",
        r"\text{моль}",
        r"\nu = 2",
        r"\rho",
        r"\alpha",
        r"\cdot",
        r"\rightarrow",
        r"\rightleftharpoons",
        r"\times 10^{-3}",
        r"\tau",
        r"\theta",
        r"\nabla",
        r"\neq",
        r"\bar x",
        r"\forall",
        r"\upsilon",
        r"\underline{x}",
        r"\Delta H",
        r"\ce{H2O}",
        r"\mathrm{г}",
        r"\left( \right)",
        r"\to",
        r"5\%",
        r"\ce{A ->[\text{t}] B}",
        r"$\frac{\rho V}{\text{M}}$",
    ],
)
def test_single_backslashes_are_mended(latex):
    doubled = json.dumps({"criteria": {"a": [latex]}}, ensure_ascii=False)
    single = doubled.replace("\\\\", "\\")
    assert parse(doubled) == parse(single) == {"criteria": {"a": [latex]}}


@pytest.mark.parametrize(
    "plain", ["первая\nвторая", "a\tb", "строка\nnew line", "x\nuse it", "tab\there", "a\ntextual"]
)
def test_real_line_ends_and_tabs_stay(plain):
    assert parse(json.dumps({"criteria": plain}))["criteria"] == plain


def test_bare_line_ends_inside_strings_are_taken():
    assert parse('{"criteria": "a\nб"}')["criteria"] == "a\nб"


def test_what_a_database_cannot_keep_is_gone():
    assert parse(r'{"criteria": "a\u0000b\ud800c\u200bd\u00a0e"}')["criteria"] == "abcd\u00a0e"


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.booleans(), st.none(), st.lists(st.integers()))))
def test_any_object_comes_back_with_exact_numbers(values):
    values = {**values, "criteria": 1}
    assert parse(json.dumps(values)) == values


@given(st.text())
def test_no_content_makes_it_fall_over(content):
    try:
        assert isinstance(parse(content), dict)
    except Inadmissible as problem:
        assert problem.reason_for_model
