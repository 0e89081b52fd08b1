"""Signs of misreading in one line: what no pupil writes and only recognition produces."""

import re
from functools import lru_cache

from .blanks import blanked
from .elements import SYMBOLS
from .formulas import NotAFormula, parse
from .labels import misread_label
from .latex import COMMANDS
from .lexicon import nearly
from .lookalikes import distance, latinised
from .plausible import plausible
from .readings import readings
from .stray_signs import SIGNS
from .tokens import Kind, tokens
from .units import read_unit

_LATIN, _CYRILLIC, _DIGIT = re.compile("[A-Za-z]"), re.compile("[А-Яа-яЁё]"), re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_AFTER_NUMBER = re.compile(r"(?<=\d) ?(?<![а-яё])([а-яё]{1,3})(?![а-яё./-])")
_LITTLE_TEXT = (
    "и в на к с по из то не а или раз от до при для же мы что как их его она оно так ед шт м н у об над под ли бы "
    "эл н.у ч"
)
_LITTLE = frozenset(_LITTLE_TEXT.split())
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_TAG = re.compile(r"</?([^<>\s/]{1,10})[^<>]{0,60}>")
_TAGS_TEXT = "sub sup br p div li ul ol tr td th table tbody thead math i b u em strong span del s strike mark h1 h2 h3"
_TAGS = frozenset(_TAGS_TEXT.split())
_DIGIT_AS_LETTER = re.compile(r"(?<=[A-Za-zОНСКВРМ)\]\d])[Зб](?![А-Яа-яё])")
_LISTS = re.compile(r"(?:\A|(?<=[\s;,]))[\dа-яёa-z]{1,2}\)")
_NUMBER_BITS = re.compile(r"(?<![\w.,])(?=[\d.,]*[ОоOolIЗзбSBZ|])[\dОоOolIЗзбSBZ|]+[.,][\dОоOolIЗзбSBZ|]+(?![\w])")
_PLAIN = re.compile(r"[\d.,·/()\[\]]+(?:\^\(?[+-]?\d{1,2}\)?)?")
_NAMED = re.compile(r"([^\W\d_]{1,4}\d?)[(\[](.*?)[)\]]*(?:(?<=[)\]])[а-яё]{3,6})?")
_COEFFICIENT = re.compile(r"\A(?:\d{1,4}(?:[.,/]\d{1,2})?)?")
_CHARGE = re.compile(r"(?:\^?\(?(?:\d{0,2}[+-]|[+-]\d)\)?|\^0)\Z")
_ION = re.compile(r"[A-Z][a-z]?(?:\^?(?:[+-]\d|\d?[+-]))")
_VARIABLES_TEXT = (
    "nRT pV PV RT nR nT PT VT Vt It m n M Mr V Vm v p P T t C c Cm w W N Na NA F I Q q R x y z a b k K Kw Ka Kb D H S "
    "G U E A Z pH pOH рН рОН pKa lg ln log exp const aq to e р х у в г с и о к а я В К С А М Н О Т Р Е Х М_r Ar ат т ч "
    "моль л s l g C% Vм Mм См Мr Аr Сm Vр mр mв nв"
)
_VARIABLES = frozenset(_VARIABLES_TEXT.split())
_ENGLISH = re.compile(r"[a-z]{2,}|[A-Z][a-z]{2,}|[A-Z]{2,4}")
_ELECTRONS = re.compile(r"\d{0,2}[eе](?:\^?-)?")
_PARTS = re.compile(r"[·/]")
_WITH_NUMBER = re.compile(r"\d+(?:[.,]\d+)?([^\W\d_].*)")
_ORDINAL = re.compile(
    r"\d+(?:й|я|е|го|ая|ый|ой|х|ти|м)|(?:[A-Za-zСсМмТтНКРрВАωνρφηαΔ]{1,2}[0-4]){1,2}|Δ?[ωνρφηαβγδλπΔHSGTtmVnp]|[cСсC]?M"
)
_MOLES = frozenset(("моль", "соль", "роль", "ноль", "боль", "мол", "моли", "моля", "соли", "боли", "толь", "голь"))


def oddities(text: str, raw: str) -> int:
    """How many there are in a line of normalised text that was written as `raw`."""
    found = sum(len(kind.findall(text)) for kind in SIGNS) + len(_NUMBER_BITS.findall(raw)) + markup_oddities(raw)
    found += len(_DIGIT_AS_LETTER.findall(raw))
    found += sum(_unit_misread(match[1]) for match in _AFTER_NUMBER.finditer(text))
    listless = _LISTS.sub(" ", text)
    found += min(_unpaired(text), _unpaired(listless)) + abs(text.count("[") - text.count("]"))
    chunks = (token.text for token in tokens(blanked(text)) if token.kind is Kind.CHUNK)
    return found + sum(map(_odd, chunks)) + sum(_mixed(word[0]) for word in _WORD.finditer(raw))


def markup_oddities(raw: str) -> int:
    """Commands of LaTeX and tags that do not exist."""
    unknown = sum(match[1] not in COMMANDS for match in _COMMAND.finditer(raw))
    unknown += abs(raw.count("{") - raw.count("}")) + raw.count("$") % 2
    unknown += raw.count("~") if "\\" not in raw else 0
    if "su" not in raw or "<" not in raw:
        return unknown
    unknown += sum(match[1] not in _TAGS for match in _TAG.finditer(raw))
    return unknown + sum(abs(raw.count(f"<{tag}>") - raw.count(f"</{tag}>")) for tag in ("sub", "sup"))


def _unit_misread(word: str) -> bool:
    return word not in _LITTLE and read_unit(word, 0) is None


def _unpaired(text: str) -> int:
    return abs(text.count("(") - text.count(")"))


def _mixed(word: str) -> bool:
    """A word of both alphabets; formulas may be, they are often typed so."""
    if not (_LATIN.search(word) and _CYRILLIC.search(word)) or word in _VARIABLES or misread_label(word.lower()):
        return False
    latin = latinised(word.lstrip("0123456789"))
    return latin is None or not (readings(latin) or latin in _VARIABLES or len(latin) < 3)


@lru_cache(maxsize=8192)
def _odd(text: str) -> bool:
    if _PLAIN.fullmatch(text) or _ELECTRONS.fullmatch(text) or _ENGLISH.fullmatch(text) or _unit(text):
        return False
    # A misread «Ответ» is so usual that it says little about the rest.
    if misread_label(text.lower()):
        return False
    bare = _COEFFICIENT.sub("", text, count=1)
    if bare.strip("()[]") in _VARIABLES or _ORDINAL.fullmatch(text.strip("()[]")) or _product(text):
        return False
    latin, cyrillic, digit = (bool(kind.search(text)) for kind in (_LATIN, _CYRILLIC, _DIGIT))
    if cyrillic and not latin and not digit:
        return _odd_word(text.strip("()[]"))
    named = _NAMED.fullmatch(bare) if _odd_formula(text) else None
    if named and named[2] and (named[1].rstrip("0123456789") in _VARIABLES or not _LATIN.match(named[1])):
        mixed = _LATIN.search(named[2]) and (_DIGIT.search(named[2]) or _CYRILLIC.search(named[2]))
        return bool(mixed) and _odd_formula(named[2])
    return _odd_formula(text)


def _odd_word(word: str) -> bool:
    lower = word.lower()
    if 3 <= len(word) <= 5 and lower not in _MOLES and distance(lower, "моль", 1) <= 1:
        return True
    return nearly(lower) or not (word.islower() or word.istitle() or word.isupper())


def _product(text: str) -> bool:
    """«n·Vm», «(I·t)/F», «2·0,1моль»: parts of which none is odd."""
    parts = [part.strip("()[]") for part in _PARTS.split(text)]
    return len(parts) > 1 and not any(part and _odd(part) for part in parts)


def _unit(text: str) -> bool:
    """«моль», «0,1моль», «5г», «(г)»."""
    text = text.strip("()")
    number = _WITH_NUMBER.fullmatch(text)
    if number:
        text = number[1]
    found = read_unit(text, 0) if text else None
    return found is not None and found[1] == len(text)


def _odd_formula(text: str) -> bool:
    """No formula as it stands, or an impossible one."""
    body = latinised(_COEFFICIENT.sub("", text.strip("·"), count=1))
    if body is None:
        return True
    body = body.removesuffix("^0")
    if body.count("[") != body.count("]") or _ION.fullmatch(body):
        body = _CHARGE.sub("", body.strip("[]"))
        if body in SYMBOLS or not body:
            return False
    for candidate in (body, body.strip("()"), _CHARGE.sub("", body)):
        try:
            formula = parse(candidate)
        except NotAFormula:
            continue
        return not (body in SYMBOLS or plausible(formula) or formula.charge or candidate != body or "[" in body)
    return True
