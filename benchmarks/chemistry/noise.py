"""What recognition does to letters."""

import random

CONFUSED = {
    "0": "ОOо6", "О": "0O", "O": "0О", "1": "lI7|", "l": "1I", "3": "З8", "З": "3", "5": "S6", "6": "б5", "8": "B3",
    "4": "Ч9", "7": "1", "2": "Z7", "9": "g4", ",": ".'", ".": ", ", "+": "t-", "=": "-≈", "-": "—~", "·": ".•",
    "/": "l|", "г": "rт", "т": "mг", "н": "пH", "п": "н", "л": "п", "м": "и", "а": "aо", "е": "eс", "о": "oа",
    "р": "p", "с": "cе",
    "С": "C", "H": "Н", "C": "С", "в": "b", "и": "н", "ь": "b", "ч": "4", "ш": "щ", "к": "k", "M": "М", "V": "У",
}  # fmt: skip


def noisy(text: str, rate: float, chance: random.Random) -> str:
    """The text with so many of its signs misread (seven of ten), lost (two) or followed by a stray one (one)."""
    out = []
    for char in text:
        if char == "\n" or char == " " or chance.random() >= rate:
            out.append(char)
            continue
        kind = chance.random()
        if kind < 0.7:
            out.append(chance.choice(CONFUSED.get(char, "аоеинтi1.,")))
        elif kind >= 0.9:
            out.append(char + chance.choice(".,' -"))
    return "".join(out)
