"""Recognised text made uniform, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.chemistry.normalise import normalise

CASES = [
    (r"$2\mathrm{H}_2 + \mathrm{O}_2 \xrightarrow{t} 2 \mathrm{H}_2 \mathrm{O}$", "2H2 + O2 → 2 H2O"),
    (r"\mathrm { SO } _ { 4 } ^ { 2 - }", "SO4^2-"),
    (r"\ce{2KMnO4 + 16HCl -> 2KCl + 2MnCl2 + 5Cl2 ^ + 8H2O}", "2KMnO4 + 16HCl → 2KCl + 2MnCl2 + 5Cl2 + 8H2O"),
    (r"\ce{N2 + 3H2 <=> 2NH3}", "N2 + 3H2 ⇄ 2NH3"),
    (r"\ce{A ->[t][p] B}", "A → B"),
    (r"\frac{\text{г}}{\text{моль}}", "г/моль"),
    (r"n = \frac{5{,}85}{58{,}5}", "n = (5,85)/(58,5)"),
    (r"t = 25^{\circ}\mathrm{C}", "t = 25°C"),
    (r"\overset{+7}{Mn}", "Mn"),
    ("SO₄²⁻ + Ba²⁺ → BaSO₄↓", "SO4^2- + Ba^2+ → BaSO4↓"),
    ("Fe$_2$O$_3$", "Fe2O3"),
    ("H<sub>2</sub>SO<sub>4</sub>, Zn<sup>2+</sup> -&gt;", "H2SO4, Zn^2+ →"),
    ("Н2SО4 + 2NаОН", "H2SO4 + 2NaOH"),
    ("5Н2О и 300К, 25С", "5H2O и 300К, 25С"),
    ("масса Но и НЕТ", "масса Но и НЕТ"),
    ("1,5x10^3; 1.5*10⁻³; 1,5 х 10-3", "1,5·10^3; 1.5·10^-3; 1,5 · 10-3"),
    ("О,5 моль, l,5 г, З,2 л, 0,О5", "0,5 моль, 1,5 г, 3,2 л, 0,05"),
    ("½O2 + 1½H2", "1/2O2 + 3/2H2"),
    ("a --> b <-> c => d == e", "a → b ⇄ c → d = e"),
    ("**Ответ:** −5", "Ответ: -5"),
    ("<del>H2 + O2 = H2O</del>2H2", " 2H2"),
    ("n_{HCl} и n_{(HCl)}", "n_HCl и n(HCl)"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_every_way_of_writing_becomes_one(text: str, expected: str) -> None:
    assert normalise(text).text == expected


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_twice_is_once(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


def test_a_quote_is_what_stands_on_the_page() -> None:
    read = normalise(r"Итак, $2\mathrm{H}_2 + \mathrm{O}_2 \rightarrow 2\mathrm{H}_2\mathrm{O}$, где")
    start = read.text.index("2H2 +")
    quote = read.quote(start, read.text.index("H2O") + 3)
    assert quote.startswith(r"2\mathrm{H}_2 +")
    assert quote.endswith(r"\mathrm{O")


def test_what_was_replaced_is_quoted_whole() -> None:
    read = normalise("c = 1,5·10⁻³ моль, Zn²⁺ -->")
    start, end = read.text.index("1,5"), read.text.index(" моль")
    assert (read.text[start:end], read.quote(start, end)) == ("1,5·10^-3", "1,5·10⁻³")
    assert read.quote(read.text.index("Zn"), len(read.text)) == "Zn²⁺ -->"


@given(st.text(alphabet=r"H2O4SNal0ОС+-=>{}_^$\()[]·.,<sub/>&;~ ехм" + "\n", max_size=200))
def test_the_way_back_always_leads_into_the_source(text: str) -> None:
    read = normalise(text)
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert all(0 <= low <= high <= len(text) for low, high in zip(read.starts, read.ends, strict=True))
    assert list(read.starts) == sorted(read.starts)
    for start in range(0, len(read.text), 7):
        assert read.quote(start, start + 9) in text


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    normalise(text)
