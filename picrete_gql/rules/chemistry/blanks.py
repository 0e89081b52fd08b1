"""What stands in an equation beside its species, blanked out letter for letter so that positions stay."""

import re

_STATE = (
    r"(?:г|ж|т|тв|к|кр|р|ам|р-р|р\.|раствор|водн|конц|разб|разбавл|изб|избыток|нед|недост|хол|гор|нагрев|осадок|газ|"
    r"aq|s|l|g|p|k|conc|dil|exc|solid|gas)"
)
_LABEL = re.compile(
    rf"\(\s?{_STATE}\.?(?:[,;]?\s?{_STATE}\.?){{0,2}}\s?\)|[↑↓]|(?<=[A-Za-z0-9)\]]) v(?=\s|\Z)"
    rf"|(?<![А-Яа-яЁё])(?:конц|разб|изб|избыток|водн|тв|нед|хол|гор)(?![А-Яа-яЁё])\.?",
    re.IGNORECASE,
)
_CONDITION = r"(?:t°?\s?C?|T|t,\s?p|p|кат|cat|kat|kt|Pt|Ni|hν|hv|ток|эл\.?\s?ток)\.?"
_OVER_ARROW = re.compile(
    rf"[=-]\s?[(\[][^()\[\]=+→⇄]{{1,30}}[)\]]\s?-?(?=[=→⇄])|[=-]\s?{_CONDITION}(?:\s?,\s?\w{{1,10}})?\s?-?(?=[=→⇄])|(?<=[=→⇄])\s?{_CONDITION}(?=[\s,])"
    rf"|(?<=[=→⇄])\s?[(\[]\s?{_CONDITION}\s?[)\]]"
)
_HEAT = re.compile(r"[+-]\s?(?:Q|\d{1,6}(?:[.,]\d{1,4})?\s?к?(?:Дж|J|кал)(?:/моль|/mol)?)(?![A-Za-zА-Яа-яЁё\d])")
_NUMBERING = re.compile(
    r"\A\s{0,4}(?:\(?\d{1,2}\)|\d{1,2}\.(?=\s)|\(?[а-яa-z]\)|[·#-]{1,4}\s|[IVX]{1,4}[.)]\s)+|\s\(\d{1,2}\)\s*\Z"
)


def blanked(text: str) -> str:
    """The text without states of matter, arrows of gas and sediment, conditions over the arrow, heat, list numbers."""
    for pattern in (_NUMBERING, _LABEL, _OVER_ARROW, _HEAT):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text
