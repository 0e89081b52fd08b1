import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.precheck import Block, Correction, Page
from picrete_gql.rules.precheck.level import level, occurs
from picrete_gql.rules.precheck.quotes import Anchor, Quotes
from tests.rules.precheck.samples import PAGES, uid


@pytest.mark.parametrize(
    ("page", "quote"),
    [
        ("2H₂ + O₂ → 2H₂O", "2H2+O2 -> 2H2O"),
        ("n = m / M", "n=m/M"),
        ("«ответ» – 0,5 моль", '"ответ" - 0.5 моль'),
        ("масса $m = 5$ г", "масса m = 5 г"),
        ("Н2О (кириллица)", "H2O"),
        ("H<sub>2</sub>O", "H2O"),
        ("10⁻³ · 2", "10-3 * 2"),
        ("один\n  два", "один два"),
        ("Ещё раз", "еще раз"),
        ("CaCO₃ ⇄ CaO + CO₂", "CaCO3 = CaO+CO2"),
        ("**Ответ:** 36 г", "Ответ: 36 г"),
        ("a\nb", "a\n| b"),
        (r"\(\frac{m}{M}\)", r"\frac{m}{M}"),
        ("1. 5 моль воды", "5 моль воды"),
    ],
)
def test_what_is_written_differently_is_the_same(page, quote):
    assert occurs(level(quote), level(page))


@pytest.mark.parametrize(
    ("page", "quote"),
    [
        ("n = 50", "n = 5"),
        ("13,6 г", "3,6 г"),
        ("0.5 моль", "5 моль"),
        ("n = 5.25", "n = 5"),
        ("H2SO4", "H2SO3"),
        ("один два", "одиндва"),
        ("один два", "два один"),
        ("m = 36 г", ""),
        ("m = 36 г", "$$ **"),
        ("a.c", "abc"),
        ("m = 36 г", ".*"),
    ],
)
def test_what_is_different_stays_different(page, quote):
    assert not occurs(level(quote), level(page))


@given(st.lists(st.text(alphabet="абвm36=+-.,→²", min_size=1)), st.text(alphabet=" \n\t\u00a0", min_size=1))
def test_it_does_not_matter_how_words_are_spaced(words, space):
    assert level(space.join(words)) == level(" ".join(words))
    assert level(f"{space}{' '.join(words)}{space}") == level(" ".join(words))


@given(st.text(min_size=1), st.text(), st.text())
def test_a_verbatim_line_is_found(line, before, after):
    page = Page(1, uid(1), f"{before}\n{line}\n{after}", (Block("x", line),))
    found = Quotes([page]).find(line)
    assert found == (Anchor(uid(1), "x") if level(line) else None)


def test_the_place_follows_from_the_words():
    quotes = Quotes(PAGES)
    one, two = PAGES
    first, second = "/page/0/Text/1", "/page/0/Text/2"
    assert quotes.find("m = 36 г", one, second) == Anchor(one.photo_id, second)
    assert quotes.find("m = 36 г", one, first) == Anchor(one.photo_id, second)
    assert quotes.find("m = 36 г", two, first) == Anchor(one.photo_id, second)
    assert quotes.find("m = 36 г") == Anchor(one.photo_id, second)
    assert quotes.find("= 2H2O m = 36", one, first) == Anchor(one.photo_id, first)  # across two blocks
    assert quotes.find("= 2H2O m = 36", one) == Anchor(one.photo_id, None)
    assert quotes.find("m = 37 г", one, second) is None
    assert Quotes([]).find("m = 36 г") is None


def test_the_same_words_on_two_pages_stay_where_the_model_saw_them():
    twins = [Page(n, uid(n), "m = 36 г", (Block("a", "m = 36 г"), Block("b", "m = 36 г"))) for n in (1, 2)]
    assert Quotes(twins).find("m = 36 г", twins[1], "b") == Anchor(uid(2), "b")


def test_corrections_of_the_student_count_as_the_page():
    quotes = Quotes(PAGES)
    for words in ("FeCl3", "2Fe + 3Cl2 → 2FeCl3", "2FeCl8"):
        assert quotes.find(words) == Anchor(uid(102), "/page/0/Text/1")
    replaced = Page(1, uid(1), "m = З6 r", (Block("x", "m = З6 r"),), (Correction("всё", "m = 36 г", "x"),))
    assert Quotes([replaced]).find("m = 36 г") == Anchor(uid(1), "x")
    loose = Page(1, uid(1), "неразборчиво", (), (Correction("", "m = 5 г"),))
    assert Quotes([loose]).find("m = 5 г") == Anchor(uid(1), None)
