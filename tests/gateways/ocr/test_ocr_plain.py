"""HTML and Markdown become text without losing a formula."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.gateways.ocr.plain import of_html, of_markdown

HTML = {
    "<p>H<sub>2</sub>O + SO<sub>4</sub><sup>2-</sup></p>": "H₂O + SO₄²⁻",
    "<p>x<sup>n+1</sup>, k<sub>B</sub>, c<sub>H+</sub></p>": "x^{n+1}, k_B, c_{H+}",
    "<p>По <math display='inline'>\\frac{m}{M} &lt; 5 &amp; x</math> моль</p>": "По \\frac{m}{M} < 5 & x моль",
    "<math>a<b и c>d</math>": "a<b и c>d",
    "<math display='block'>\n x^2\n = 4\n</math>": "x^2 = 4",
    "<p><math>\\text{не закрыт": "\\text{не закрыт",
    "<math><mi>x</mi><mo>=</mo><mn>5</mn></math>": "x=5",
    "<p>x<y и 5 < 6, m>n</p>": "x<y и 5 < 6, m>n",
    "<ol start='2'><li>раз</li><li>два</li></ol><ul><li>три</li></ul>": "2. раз\n3. два\nтри",
    "<table><tr><th>A</th><th>B</th></tr><tr><td>1<td>2</tr></table>": "A | B\n1 | 2",
    "<h1>Задача&nbsp;1</h1>текст<br/>и<br>ещё": "Задача 1\nтекст\nи\nещё",
    "<del>36</del> 18 &deg;C &rarr; &#x2192;": "~~36~~ 18 °C → →",
    "<b>m</b>(<i>NaCl</i>)": "m(NaCl)",
    "<script>alert(1)</script><style>p{}</style>a<!-- b -->c": "ac",
    "<p>незакрытый <sub>2": "незакрытый ₂",
    "<img src='x' alt='made up'>": "",
    "a\x00b\x07\ue0000\ue001": "ab0",
    "&lt;b&gt;": "<b>",
    "": "",
}
MARKDOWN = {
    "# Заголовок\n\n**жирный** и *курсив*": "Заголовок\nжирный и курсив",
    "2 * 3 * 4 = a*b*c": "2 * 3 * 4 = a*b*c",
    "$$\\frac{a}{b}$$ и $x_1$, \\(y^2\\), \\[z \\\\[2pt] w\\]": "\\frac{a}{b} и x_1, y^2, z \\\\[2pt] w",
    "[Cu(NH3)4](OH)2": "[Cu(NH3)4](OH)2",
    "[справка](https://example.org/a) ![колба](flask.png)": "справка",
    "| A | B |\n|---|:-:|\n| 1 | 2 |": "A | B\n1 | 2",
    "H<sub>2</sub>O, 5 < 6 &lt; 7": "H₂O, 5 < 6 < 7",
    "3\\. Ответ \\*, 5\\_6": "3. Ответ *, 5_6",
    "первая\nвторая\n\n---\n\n- третья": "первая\nвторая\n- третья",
    "2H2 + O2 --> 2H2O": "2H2 + O2 --> 2H2O",
    "v_0 и snake_case_name, _курсив_": "v_0 и snake_case_name, курсив",
    "> 5 моль": "> 5 моль",
    "цена 5$": "цена 5$",
}
HOSTILE = [
    "<p ",
    "<math>",
    "<!--",
    "<sub>",
    "\\[",
    "$$a",
    "![[",
    "[a](https:",
    "**a",
    "__a ",
    "|-",
    " \t",
    "-",
    "&#",
    "<",
]


@pytest.mark.parametrize("source", HTML)
def test_html(source: str) -> None:
    assert of_html(source) == HTML[source]


@pytest.mark.parametrize("source", MARKDOWN)
def test_markdown(source: str) -> None:
    assert of_markdown(source) == MARKDOWN[source]


@given(st.text() | st.lists(st.sampled_from([*HOSTILE, *HTML, *MARKDOWN, "</math>", "</sub>", "x"])).map("".join))
def test_any_text_is_taken_and_no_control_character_comes_out(source: str) -> None:
    for text in (of_html(source), of_markdown(source)):
        text.encode()
        assert all(character == "\n" or character >= " " for character in text)
        assert "\n\n" not in text


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(lambda text: "<" not in text))
def test_a_formula_comes_out_as_it_went_in(formula: str) -> None:
    escaped = formula.replace("&", "&amp;").replace(">", "&gt;")
    assert of_html(f"<p>а <math>{escaped}</math></p>") == f"а {formula}"


@pytest.mark.parametrize("mark", HOSTILE)
def test_a_page_of_opening_marks_takes_no_time(mark: str) -> None:
    began = time.process_time()
    of_html(mark * 20_000 + "x")
    of_markdown(mark * 20_000 + "x")
    assert time.process_time() - began < 5
