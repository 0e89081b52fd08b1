"""Variants from a seed, and what a template must be."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picrete_gql.rules.templates import (
    Parameter,
    Source,
    Template,
    TemplateBroken,
    TooFewVariants,
    answer,
    draw,
    reference,
)
from tests.rules.templates.samples import DILUTION, choices, rule, single


@given(st.integers(-(2**31), 2**31 - 1), st.integers(1, 30))
@settings(deadline=None)
def test_the_same_seed_the_same_variants(seed: int, count: int) -> None:
    made = draw(DILUTION, seed, count)
    assert draw(DILUTION, seed, 30)[:count] == made
    assert len({one.content for one in made}) == count
    for one in made:
        value = {name: Decimal(part["value"]) for name, part in one.parameters.items()}
        exact = value["c2"] * value["v2"] / value["c1"]
        assert abs(Decimal(one.answer.replace(",", ".")) / exact - 1) < Decimal("0.0006") and one.units == "мл"


def test_the_first_variants_of_a_seed_are_these_for_ever() -> None:
    assert [one.content for one in draw(DILUTION, 2026, 2)] == FOREVER


FOREVER = [
    "Сколько мл раствора кислоты 2,5 моль/л нужно, чтобы приготовить 200 мл раствора 0,2 моль/л?",
    "Сколько мл раствора кислоты 4,5 моль/л нужно, чтобы приготовить 150 мл раствора 0,2 моль/л?",
]


def test_another_seed_another_order() -> None:
    assert draw(DILUTION, 1, 5) != draw(DILUTION, 2, 5)


def test_what_is_drawn_stands_in_the_text_unrounded() -> None:
    template = single("mass_of_amount", chemicals={"formula": "H2O"}, n="1.234567 моль")
    [one] = draw(template, 0, 1)
    assert one.content == "1,234567 моль" and one.answer == "22,24"


def test_unfit_combinations_are_passed_over() -> None:
    template = DILUTION.model_copy(
        update={"parameters": (*DILUTION.parameters[:2], choices("c2", "моль/л", "0.1", "9"))}
    )
    assert all(one.parameters["c2"]["value"] == "0.1" for one in draw(template, 3, 40))


def test_more_variants_than_there_are() -> None:
    with pytest.raises(TooFewVariants) as caught:
        draw(DILUTION, 1, DILUTION.combinations + 1)
    assert caught.value.available == 9 * 9 * 3


def test_many_combinations_cost_nothing() -> None:
    wide = tuple(Parameter(name=f"p{n}", low=Decimal(1), high=Decimal(9999), step=Decimal("0.1")) for n in range(6))
    text = " ".join(f"{{{one.name}}}" for one in wide)
    litre = Source(value=Decimal(1), unit="л")
    one = rule("titration").model_copy(
        update={
            "inputs": {"titrant": Source(value=Decimal(1), unit="моль/л"), "titrant_volume": litre, "volume": litre}
        }
    )
    template = Template(text=text, parameters=wide, rules=(one,))
    assert template.combinations > 10**29
    assert len({sample.content for sample in draw(template, 1, 200)}) == 200


def test_a_chain_of_rules() -> None:
    template = Template(
        text="На {v} раствора HCl пошло {vt} раствора NaOH {ct}. Найдите pH.",
        parameters=(choices("v", "мл", "10"), choices("vt", "мл", "5"), choices("ct", "моль/л", "0.02")),
        rules=(
            rule("titration", {"titrant": "ct", "titrant_volume": "vt", "volume": "v"}, "c"),
            rule("strong_acid_ph", {"c": "c"}, "ph"),
        ),
        solution="c = {c}, pH = {ph}",
    )
    [one] = draw(template, 0, 1)
    assert (one.answer, one.units, one.solution) == ("2", "", "c = 0,01 моль/л, pH = 2")


@pytest.mark.parametrize(
    "raw", [{"c1": 2, "v2": "500", "c2": 0.1}, {"c1": {"value": "2000", "unit": "ммоль/л"}, "v2": "500,0", "c2": "0,1"}]
)
def test_parameters_written_by_hand_are_read_too(raw: dict[str, Any]) -> None:
    assert answer(DILUTION, raw).number == 25
    assert reference(DILUTION, raw) == ("25", "мл")


@pytest.mark.parametrize(
    "raw", [{}, {"c1": 2, "v2": 500}, {"c1": "два", "v2": 500, "c2": 1}, {"c1": True, "v2": 1, "c2": 1}]
)
def test_parameters_that_are_missing_give_no_reference(raw: dict[str, Any]) -> None:
    assert reference(DILUTION, raw) is None


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rules": ()}, "rules"),
        ({"units": "кг"}, "units"),
        ({"units": "попугай"}, "units"),
        ({"text": "без чисел"}, "text"),
        ({"text": DILUTION.text + " {v1}"}, "text"),
        ({"solution": "{x}"}, "solution"),
        ({"parameters": (choices("c1", "моль/л", "1", "1"), *DILUTION.parameters[1:])}, "c1"),
        ({"parameters": (Parameter(name="c1", step=Decimal(0)), *DILUTION.parameters[1:])}, "c1"),
        ({"parameters": (Parameter(name="c1", high=Decimal("1e40")), *DILUTION.parameters[1:])}, "c1"),
        ({"parameters": (choices("c1", "попугай", "1"), *DILUTION.parameters[1:])}, "c1"),
        ({"parameters": (choices("C 1", "", "1"), *DILUTION.parameters[1:])}, "C 1"),
        ({"rules": (rule("perpetuum_mobile"),)}, "result"),
        ({"rules": (rule("dilution_volume", {"c1": "c1"}),)}, "result"),
        ({"rules": (rule("dilution_volume", {"c1": "c1", "c2": "c2", "v2": "nothing"}),)}, "result.v2"),
        ({"rules": (rule("amount_of_mass", {"m": "v2"}),)}, "result.formula"),
        ({"rules": (rule("amount_of_mass", {"m": "v2"}, formula="вода"),)}, "result"),
        ({"rules": (rule("amount_of_mass", {"m": "v2"}, formula="H2O"),), "units": "", "solution": ""}, "result.m"),
    ],
)
def test_a_template_that_leads_nowhere_is_refused(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(TemplateBroken) as caught:
        draw(DILUTION.model_copy(update=changes), 0, 1)
    assert caught.value.place == place


def test_it_is_kept_as_json_and_comes_back_the_same() -> None:
    assert Template.model_validate(DILUTION.model_dump(mode="json")) == DILUTION
