"""Text that a spreadsheet shows and does not run (CWE-1236)."""

import unicodedata

# What begins a formula; the wide forms do so where East Asian settings are used.
BEGINNINGS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
BREAKS = frozenset("\t\r\n")
BLANK = frozenset("ZC")
# No XML may hold these, nor may it be told of them.
NO_CHARACTERS = frozenset("\ufffe\uffff")


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula, with whatever it skips at the beginning."""
    if text[:1] in BREAKS:
        return True
    first = next((char for char in text if unicodedata.category(char)[0] not in BLANK), "")
    return first in BEGINNINGS


def harmless(text: str) -> str:
    """The text, with an apostrophe before what might be a formula; spreadsheets take it for text then."""
    return f"'{text}" if is_dangerous(text) else text


def printable(text: str) -> str:
    """The text with line breaks of one kind and without the control characters that no file should carry."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in BREAKS or _shows(char))


def _shows(char: str) -> bool:
    return unicodedata.category(char) != "Cc" and char not in NO_CHARACTERS
