"""Keeping a student's text data: one fenced region with a random code, and nothing in it that can pass for structure.

Three walls, each enough on its own against the plain attack. The region is fenced by two lines with a code that the
student cannot know. Every line of it carries a gutter, so none can begin as a heading, a fence or a label of ours.
Marks that some servers read as a change of speaker (`<|im_start|>`, `[INST]`) are broken up.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

GUTTER = "| "
MASK = "▒"
_NONCE = re.compile(r"[0-9A-Za-z]{8,64}")
_CONTROL_MARKS = ((re.compile(r"<(?=[|/])"), "< "), (re.compile(r"\|(?=>)"), "| "), (re.compile(r"\[(?=/?INST)"), "[ "))
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
_NAME_LETTERS = 3


def fence(nonce: str) -> tuple[str, str]:
    """The lines before and after what is data. Raises ValueError for a code that could be guessed or break a line."""
    if not _NONCE.fullmatch(nonce):
        raise ValueError("the fence needs a code of 8 to 64 letters and digits")
    return f"<<<STUDENT-WORK {nonce}", f"STUDENT-WORK {nonce}>>>"


def clean(text: str) -> str:
    """Without characters that nobody sees (zero width, direction, control, lone surrogates); line ends are `\\n`."""
    lines = (line.replace("\t", " ") for line in text.splitlines())
    return "\n".join("".join(c for c in line if unicodedata.category(c) not in _INVISIBLE) for line in lines)


def harmless(text: str, nonce: str, personal: Sequence[str] = ()) -> str:
    """The text of a student, cleaned, with the code, the personal names and the marks of chat servers masked.

    `personal` are names that must not leave the house: every word of them of at least three letters is masked where it
    stands as a whole word, in any case. Inflected forms are not found.
    """
    text = clean(text)
    for mark, broken in _CONTROL_MARKS:
        text = mark.sub(broken, text)
    for word in _words(personal):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", MASK * 3, text, flags=re.IGNORECASE)
    # Last, and replaced rather than removed: nothing that happens before or by this can put the code together again.
    return re.sub(re.escape(nonce), MASK, text, flags=re.IGNORECASE)


def gutter(text: str, label: str = "") -> str:
    """Every line behind a bar, the first one behind `label` and a bar."""
    first, *rest = text.split("\n")
    return "\n".join([f"{label}{GUTTER}{first}", *(GUTTER + line for line in rest)])


def _words(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in re.findall(r"\w+", name) if len(word) >= _NAME_LETTERS}
