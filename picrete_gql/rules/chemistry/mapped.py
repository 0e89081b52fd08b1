"""Text that remembers where each of its characters came from."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Piece = tuple[str, int, int]
"""A new text for text[low:high]."""

QUOTE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Mapped:
    """`text` made out of `source`; character i of it stands for `source[starts[i]:ends[i]]`."""

    source: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> "Mapped":
        """The source itself, unchanged."""
        return cls(source, source, tuple(range(len(source))), tuple(range(1, len(source) + 1)))

    def quote(self, start: int, end: int) -> str:
        """What the source says at text[start:end], letter by letter, at most QUOTE_CHARS long."""
        start, end = max(start, 0), min(end, len(self.text))
        if start >= end:
            return ""
        return self.source[self.starts[start] : self.ends[end - 1]].strip()[:QUOTE_CHARS].rstrip()

    def cut(self, start: int, end: int) -> "Mapped":
        """The same source, only text[start:end]."""
        return Mapped(self.source, self.text[start:end], self.starts[start:end], self.ends[start:end])

    def rebuilt(self, pieces: Iterable[Piece]) -> "Mapped":
        """Text put together from pieces, in order. A piece of the same length is mapped letter by letter."""
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for new, low, high in pieces:
            texts.append(new)
            if len(new) == high - low:
                starts += self.starts[low:high]
                ends += self.ends[low:high]
            else:
                starts += [self.starts[low]] * len(new)
                ends += [self.ends[high - 1]] * len(new)
        return Mapped(self.source, "".join(texts), tuple(starts), tuple(ends))

    def sub(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> "Mapped":
        """Like `pattern.sub`, for patterns that never match the empty text; a string stands for itself, no escapes."""
        if pattern.search(self.text) is None:
            return self
        pieces: list[Piece] = []
        at = 0
        for match in pattern.finditer(self.text):
            low, high = match.span()
            new = replacement if isinstance(replacement, str) else replacement(match)
            pieces += ((self.text[at:low], at, low), (new, low, high))
            at = high
        return self.rebuilt([*pieces, (self.text[at:], at, len(self.text))])

    def translate(self, table: Mapping[int, str]) -> "Mapped":
        """Replace single characters by single characters."""
        return Mapped(self.source, self.text.translate(table), self.starts, self.ends)

    def lines(self) -> list["Mapped"]:
        """One piece per line of the text."""
        found, at = [], 0
        for line in self.text.split("\n"):
            found.append(self.cut(at, at + len(line)))
            at += len(line) + 1
        return found
