"""The relations that rules are made of: what goes in and in which unit, what comes out, and where it comes from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from . import acids, electrolysis, gases, reactions, solutions
from .chemicals import Chemicals

Numbers = Mapping[str, Decimal]


@dataclass(frozen=True)
class Relation:
    """`inputs` name → unit (empty: a plain number), `unit` of the result, `says` the formula in words.

    `optional` inputs have a default. `chemicals` names what else it needs: `formula`, `equation`, `given`, `wanted`.
    `compute` gets the numbers in these units; it raises ValueError for numbers that make no sense.
    """

    says: str
    inputs: Mapping[str, str]
    unit: str
    compute: Callable[[Numbers, Chemicals], Decimal]
    optional: Mapping[str, Decimal] = field(default_factory=dict)
    chemicals: Sequence[str] = ()


_ONE = {"z": Decimal(1)}
_CELL = {"current": "А", "time": "с", "z": ""}
_REACTION = ("equation", "given", "wanted")

RELATIONS: Mapping[str, Relation] = {
    "strong_acid_ph": Relation("pH = −lg(z·c)", {"c": "моль/л", "z": ""}, "", acids.strong_acid, _ONE),
    "strong_base_ph": Relation("pH = 14 + lg(z·c)", {"c": "моль/л", "z": ""}, "", acids.strong_base, _ONE),
    "weak_acid_ph": Relation("[H+]² + Ka·[H+] − Ka·c = 0", {"c": "моль/л", "ka": ""}, "", acids.weak_acid),
    "weak_base_ph": Relation("[OH−]² + Kb·[OH−] − Kb·c = 0", {"c": "моль/л", "kb": ""}, "", acids.weak_base),
    "buffer_ph": Relation(
        "pH = −lg Ka + lg(c_salt/c_acid)", {"acid": "моль/л", "salt": "моль/л", "ka": ""}, "", acids.buffer
    ),
    "dilution_volume": Relation(
        "V1 = c2·V2/c1", {"c1": "моль/л", "c2": "моль/л", "v2": "л"}, "л", solutions.dilution_volume
    ),
    "dilution_concentration": Relation(
        "c2 = c1·V1/V2", {"c1": "моль/л", "v1": "л", "v2": "л"}, "моль/л", solutions.dilution_concentration
    ),
    "molarity": Relation("c = n/V", {"n": "моль", "v": "л"}, "моль/л", solutions.molarity),
    "mass_fraction": Relation("ω = m/(m + m_solvent)", {"m": "г", "solvent": "г"}, "%", solutions.mass_fraction),
    "amount_of_mass": Relation("n = m/M", {"m": "г"}, "моль", reactions.amount_of_mass, {}, ("formula",)),
    "mass_of_amount": Relation("m = n·M", {"n": "моль"}, "г", reactions.mass_of_amount, {}, ("formula",)),
    "stoichiometry_mass": Relation(
        "m2 = m1/M1 · ν2/ν1 · M2", {"m": "г"}, "г", reactions.mass_by_mass, {}, _REACTION
    ),
    "stoichiometry_volume": Relation(
        "V2 = m1/M1 · ν2/ν1 · 22,4", {"m": "г"}, "л", reactions.volume_by_mass, {}, _REACTION
    ),
    "stoichiometry_amount": Relation("n2 = n1 · ν2/ν1", {"n": "моль"}, "моль", reactions.amount, {}, _REACTION),
    "gas_pressure": Relation("p = nRT/V", {"n": "моль", "t": "К", "v": "л"}, "кПа", gases.pressure),
    "gas_volume": Relation("V = nRT/p", {"n": "моль", "t": "К", "p": "кПа"}, "л", gases.volume),
    "gas_amount": Relation("n = pV/(RT)", {"p": "кПа", "v": "л", "t": "К"}, "моль", gases.amount),
    "gas_combined_volume": Relation(
        "V2 = p1·V1·T2/(p2·T1)",
        {"p1": "кПа", "v1": "л", "t1": "К", "p2": "кПа", "t2": "К"}, "л", gases.combined_volume,
    ),
    "titration": Relation(
        "c = c_t·V_t/(V·ratio); ratio: moles of titrant per mole of the sample",
        {"titrant": "моль/л", "titrant_volume": "л", "volume": "л", "ratio": ""}, "моль/л", solutions.titration,
        {"ratio": Decimal(1)},
    ),
    "faraday_mass": Relation("m = M·I·t/(z·F)", _CELL, "г", electrolysis.mass, {}, ("formula",)),
    "faraday_time": Relation(
        "t = m·z·F/(M·I)", {"m": "г", "current": "А", "z": ""}, "с", electrolysis.time, {}, ("formula",)
    ),
    "faraday_volume": Relation("V = I·t/(z·F) · 22,4", _CELL, "л", electrolysis.volume),
}  # fmt: skip
