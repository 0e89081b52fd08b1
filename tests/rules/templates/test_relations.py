"""Every relation against numbers computed by hand, or taken from a text book."""

from decimal import Decimal

import pytest

from picrete_gql.rules.templates import RELATIONS, Template, TemplateBroken, answer
from tests.rules.templates.samples import single

ZINC = {"equation": "Zn + HCl = ZnCl2 + H2", "given": "Zn", "wanted": "H2"}
CHALK = {"equation": "CaCO3 = CaO + CO2", "given": "CaCO3", "wanted": "CaO"}
AMMONIA = {"equation": "N2 + 3H2 = 2NH3", "given": "H2", "wanted": "NH3"}
CASES = [
    (single("strong_acid_ph", c="0.01 моль/л"), "2"),
    (single("strong_acid_ph", c="0.05 моль/л", z="2"), "1"),
    (single("strong_base_ph", c="0.001 моль/л"), "11"),
    (single("weak_acid_ph", c="0.1 моль/л", ka="1.75e-5"), "2.881"),
    (single("weak_base_ph", c="0.1 моль/л", kb="1.8e-5"), "11.125"),
    (single("buffer_ph", acid="0.1 моль/л", salt="0.2 моль/л", ka="1.75e-5"), "5.058"),
    (single("dilution_volume", "мл", c1="2 моль/л", c2="0.1 моль/л", v2="500 мл"), "25"),
    (single("dilution_concentration", c1="2 моль/л", v1="25 мл", v2="0.5 л"), "0.1"),
    (single("molarity", n="0.1 моль", v="250 мл"), "0.4"),
    (single("mass_fraction", m="25 г", solvent="0.075 кг"), "25"),
    (single("amount_of_mass", chemicals={"formula": "NaCl"}, m="5.844 г"), "0.1"),
    (single("mass_of_amount", chemicals={"formula": "CuSO4·5H2O"}, n="0.1 моль"), "24.97"),
    (single("stoichiometry_mass", chemicals=CHALK, m="100 г"), "56.03"),
    (single("stoichiometry_volume", chemicals=ZINC, m="6.538 г"), "2.24"),
    (single("stoichiometry_amount", chemicals=AMMONIA, n="0.3 моль"), "0.2"),
    (single("gas_pressure", n="1 моль", t="0 °C", v="22.4 л"), "101.39"),
    (single("gas_volume", n="0.5 моль", t="300 К", p="1 атм"), "12.309"),
    (single("gas_amount", p="100 кПа", v="10 л", t="27 °C"), "0.4007"),
    (single("gas_combined_volume", p1="1 атм", v1="2 л", t1="273 К", p2="2 атм", t2="546 К"), "2"),
    (single("titration", titrant="0.1 моль/л", titrant_volume="12.5 мл", volume="10 мл"), "0.125"),
    (single("titration", titrant="0.1 моль/л", titrant_volume="20 мл", volume="10 мл", ratio="2"), "0.1"),
    (single("faraday_mass", chemicals={"formula": "Cu"}, current="5 А", time="3860 с", z="2"), "6.355"),
    (single("faraday_time", "мин", chemicals={"formula": "Ag"}, m="10.787 г", current="2 А", z="1"), "80.40"),
    (single("faraday_volume", current="2 А", time="9648.5 с", z="2"), "2.24"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_it_comes_to(template: Template, expected: str) -> None:
    parameters = {one.name: str(one.choices[0]) for one in template.parameters}
    assert abs(answer(template, parameters).number / Decimal(expected) - 1) < Decimal("0.0005")


def test_every_relation_is_tried() -> None:
    assert {template.rules[0].relation for template, _ in CASES} == set(RELATIONS)


@pytest.mark.parametrize(
    "template",
    [
        single("strong_acid_ph", c="0.00000001 моль/л"),
        single("strong_acid_ph", c="0 моль/л"),
        single("weak_acid_ph", c="-1 моль/л", ka="1e-5"),
        single("dilution_volume", c1="0.1 моль/л", c2="2 моль/л", v2="1 л"),
        single("gas_pressure", n="1 моль", t="-300 °C", v="1 л"),
        single("faraday_mass", chemicals={"formula": "Cu"}, current="1 А", time="1 с", z="0"),
        single("molarity", n="1 г", v="1 л"),
    ],
)
def test_numbers_that_make_no_sense_give_no_answer(template: Template) -> None:
    with pytest.raises(TemplateBroken):
        answer(template, {one.name: str(one.choices[0]) for one in template.parameters})
