"""Mending LaTeX that a model wrote into JSON with single backslashes.

`\\alpha` with one backslash is not JSON at all; `\\frac`, `\\beta`, `\\text`, `\\nu`, `\\rho` are worse: JSON reads
their first letter as form feed, backspace, tab, line feed, carriage return, and the rest stays as a word without sense.
"""

import re

_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})|\\')
_LETTER = {"\b": "b", "\f": "f", "\t": "t", "\n": "n", "\r": "r"}
_EATEN = re.compile(r"[\b\f\t\n\r](?=([A-Za-z]+))")
# What may follow a real tab or line end: only commands that exist are taken for LaTeX there.
_COMMAND = re.compile(
    r"nu|nabla|neq?|neg|nearrow|nwarrow|nexists|newline|n[gl]eq|nless|ngtr|nmid|not(?:in|ag)?|normalsize|nonumber"
    r"|nolimits|nparallel|rho|rm|rtimes|rvert|rangle|rbrac[ek]|rceil|rfloor|right|right(?:left)?arrows?"
    r"|rightleftharpoons|rightharpoon(?:up|down)|tag|tanh?|tau|tfrac|tbinom|therefore|theta|thickapprox|thicksim"
    r"|thinspace|tilde|times|top?|triangle(?:down|q)?"
    r"|text(?:bf|it|rm|sf|tt|normal|style|degree|celsius|mu|(?:sub|super)script)?"
)


def double_backslashes(raw: str) -> str:
    """JSON text in which every backslash that starts no JSON escape is doubled, so that it can be parsed."""
    return _ESCAPE.sub(lambda found: found[0] if len(found[0]) > 1 else "\\\\", raw)


def restore_commands(value: str) -> str:
    """A parsed string with the eaten first letters of LaTeX commands given back, and no other control characters.

    A form feed or backspace before a letter is always LaTeX (nobody writes those into a comment); a tab or a line end
    only before the rest of a known command.
    """
    value = _EATEN.sub(_restored, value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in value if c in "\n\t" or c.isprintable() or (c.isspace() and c > "\x1f"))


def _restored(found: re.Match[str]) -> str:
    letter = _LETTER[found[0]]
    if letter in "bf" or _COMMAND.fullmatch(letter + found[1]):
        return "\\" + letter
    return found[0]
