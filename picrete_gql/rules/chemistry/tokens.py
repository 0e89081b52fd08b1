"""A line cut into species, operators and the rest, with every sign known for a charge or an operator."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """What a token is. A chunk may be a species, a number or a word."""

    CHUNK = "chunk"
    PLUS = "+"
    MINUS = "-"
    ARROW = "arrow"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """One token at text[start:end]."""

    kind: Kind
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"(?P<chunk>(?:[^\W_]|[()\[\]]|(?<=[^\W_)\]])·|(?<=[^\W_)\]])[.,](?=\d)|(?<=\d)/(?=\d))+"
    r"(?:\^(?:\d{1,2}[+-]|[+-]\d{1,2}|(?:\+\+|--)(?=\s*(?:[+=→⇄-]|\Z))|[+-]|0))?)"
    r"|(?P<arrow>[→⇄=])|(?P<plus>\+)|(?P<minus>-)|(?P<other>\S)"
)
_KINDS = {"chunk": Kind.CHUNK, "arrow": Kind.ARROW, "plus": Kind.PLUS, "minus": Kind.MINUS, "other": Kind.OTHER}
_SIGNS = (Kind.PLUS, Kind.MINUS)
ELECTRON = re.compile(r"[eеēéё](?:\^?-|\^[01]-?)?")


def tokens(text: str) -> list[Token]:
    """The tokens of a line of normalised text."""
    raw = [Token(_KINDS[m.lastgroup or "other"], m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    return _charged(raw)


def _charged(raw: Sequence[Token]) -> list[Token]:
    """Glue signs that are charges to their species."""
    done: list[Token] = []
    at = 0
    while at < len(raw):
        token = raw[at]
        last = done[-1] if done else None
        tight = last is not None and last.end == token.start and _may_be_charged(last)
        length = _charge_length(raw, at) if tight and token.kind in _SIGNS else 0
        if last is not None and length:
            end = raw[at + length - 1].end
            sign = "".join(part.text for part in raw[at : at + length])
            done[-1] = replace(last, text=last.text + _sign(sign), end=end)
            at += length
        else:
            done.append(token)
            at += 1
    return done


def _may_be_charged(last: Token) -> bool:
    """«3·12+8» is a sum, and what has a charge has not another one."""
    return last.kind is Kind.CHUNK and "^" not in last.text and any(map(str.isalpha, last.text))


def _sign(sign: str) -> str:
    """`++` is an old way to write 2+."""
    return f"^{len(sign)}{sign[0]}" if len(sign) > 1 and set(sign) <= {"+", "-"} and len(set(sign)) == 1 else sign


def _charge_length(raw: Sequence[Token], at: int) -> int:
    """How many tokens from a sign that touches a species are its charge; 0 when the sign joins two species.

    After a charge an operator or the end must follow; a sign that is followed by a species joins.
    """
    following = raw[at + 1] if at + 1 < len(raw) else None
    if following is None or following.kind in (Kind.ARROW, Kind.OTHER):
        return 1
    if following.kind is Kind.CHUNK:
        beyond = raw[at + 2] if at + 2 < len(raw) else None
        state = following.text.isdigit() and len(following.text) == 1 and following.start == raw[at].end
        return 2 if state and (beyond is None or beyond.kind is not Kind.CHUNK) else 0
    beyond = raw[at + 2] if at + 2 < len(raw) else None
    doubled = following.kind is raw[at].kind and following.start == raw[at].end
    if doubled and (beyond is None or beyond.kind is not Kind.CHUNK):
        return 2
    return 1
