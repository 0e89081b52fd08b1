"""LaTeX and mhchem as recognition writes them, turned into plain text. One pass, no recursion, any input."""

import re

from .mapped import Mapped, Piece

_SYMBOLS = {
    "cdot": "·", "times": "·", "ast": "·", "bullet": "·", "div": "/", "approx": "≈", "simeq": "≈", "pm": "±",
    "circ": "°", "degree": "°", "Delta": "Δ", "rho": "ρ", "nu": "ν", "omega": "ω", "alpha": "α", "beta": "β",
    "eta": "η", "sim": " ", "varphi": "φ", "phi": "φ", "chi": "χ", "lambda": "λ", "pi": "π", "tau": "τ",
    "uparrow": "↑", "downarrow": "↓",
    "rightarrow": "→", "to": "→", "longrightarrow": "→", "Rightarrow": "→", "Longrightarrow": "→", "implies": "→",
    "leftrightarrow": "⇄", "rightleftharpoons": "⇄", "leftrightarrows": "⇄", "rightleftarrows": "⇄",
    "Leftrightarrow": "⇄", "longleftrightarrow": "⇄", "leq": "≤", "geq": "≥", "neq": "≠", "infty": "∞",
    "lg": "lg ", "log": "lg ", "ln": "ln ", "sqrt": "√", "exp": "exp ", "sum": "Σ", "int": "∫", "prod": "∏",
}  # fmt: skip
_LABELLED = {
    "xrightarrow": "→", "xlongrightarrow": "→", "xRightarrow": "→", "xrightleftharpoons": "⇄",
    "xleftrightarrow": "⇄", "xlongequal": "=", "xlongequals": "=",
}  # fmt: skip
_WRAPPER_NAMES = (
    "text mathrm mathbf mathit mathsf mathtt rm bf it ce operatorname textbf textit textrm mathop underline boxed pu "
    "left right big Big bigg Bigg bigl bigr limits displaystyle hat bar overline mbox mathbin mathrel"
)
_WRAPPERS = frozenset(_WRAPPER_NAMES.split())
_TEXTS = frozenset(("ce", "text", "mbox", "textbf", "textit", "textrm"))
_LABEL_CHARS = 120
_ABOVE = frozenset(("overset", "underset", "stackrel"))
_FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
_SILENT = (
    "quad qquad hspace vspace begin end array aligned cases hline displaystyle textstyle over under tag label "
    "left right circ prime mid dots ldots cdots vdots triangle uparrow sigma gamma delta epsilon varepsilon theta "
    "mu xi psi Omega Gamma Sigma Phi sin cos tan lim max min ne le ge mp cap cup in forall exists partial nabla "
    "star color textcolor underbrace overbrace overset underset stackrel checkmark therefore because hfill "
    "newline noindent par item"
)
_ESCAPED = {"\\": "\n", "%": "%", "$": "", "(": "", ")": "", "[": "", "]": "", "{": "", "}": "", "!": "", "#": "#"}

COMMANDS = frozenset((*_SYMBOLS, *_LABELLED, *_WRAPPERS, *_ABOVE, *_FRACTIONS, *_SILENT.split()))
"""Every command that is known, or known to say nothing."""

_NAME = re.compile(r"[A-Za-z]+")
_BLANKS = re.compile(r"[ \t]+")
_SUBSCRIPT = re.compile(r"_(?=[\d(])|_+(?![A-Za-zА-Яа-яЁё_])")
_SIMPLE_FRACTION = re.compile(r"\( ?([^\W_]{1,9}) ?\)/\( ?([^\W_]{1,9}) ?\)")
_ATOM = re.compile(r"\\(?:mathrm|text|rm|mathbf)\s*\{\s*[A-Z~]")


class _Scanner:
    """Reads the text once. `groups` says how each open brace closes: its text, and whether blanks inside count."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.pieces: list[Piece] = []
        self.groups: list[tuple[str, bool]] = []
        self.opening: tuple[str, bool] | None = None
        self.formula_ends = -1

    def run(self) -> list[Piece]:
        while self.at < len(self.text):
            self.step(self.text[self.at])
        return self.pieces

    def emit(self, new: str, length: int) -> None:
        self.pieces.append((new, self.at, self.at + length))
        self.at += length

    def blanks(self, at: int) -> int:
        match = _BLANKS.match(self.text, at)
        return match.end() if match else at

    def step(self, char: str) -> None:
        if char == "\\":
            self.command()
        elif char in "_^":
            self.script(char)
        elif char == "{":
            self.groups.append(self.opening or ("", True))
            self.opening = None
            self.emit("", 1)
        elif char == "}":
            self.close()
        elif char == "$":
            self.emit(" " if self.text.startswith("$$", self.at) else "", 1)
        elif char in "&~":
            self.emit("" if char == "~" and self.groups else " ", 1)
        elif char in " \t":
            self.space()
        else:
            self.emit(char, 1)

    def space(self) -> None:
        end = self.blanks(self.at)
        inside = bool(self.groups) and not self.groups[-1][1]
        # «\mathrm{H}_2 \mathrm{O}»: blanks mean nothing here, and would tear the formula apart.
        torn = self.formula_ends == self.at and (self.text.startswith("^", end) or _ATOM.match(self.text, end))
        dropped = inside or torn or self.text.startswith("_", end)
        self.emit("" if dropped else self.text[self.at : end], end - self.at)

    def close(self) -> None:
        suffix, blanks = self.groups.pop() if self.groups else ("", True)
        if suffix == ")/":
            divided = self.text.startswith("{", self.blanks(self.at + 1))
            self.opening = (")", True) if divided else None
            suffix = ")/(" if divided else ")"
        self.emit(suffix, 1)
        self.formula_ends = self.at if not suffix and not blanks else self.formula_ends

    def script(self, char: str) -> None:
        end = self.blanks(self.at + 1)
        following = self.text[end : end + 1]
        if following == "{":
            self.opening = ("", False)
        elif following and end > self.at + 1 and char == "^":
            end = self.at + 1
        self.emit(char, end - self.at)
        if following.isdigit():
            self.formula_ends = self.at + 1

    def skip_group(self, opener: str, closer: str) -> None:
        start = self.blanks(self.at)
        if not self.text.startswith(opener, start):
            return
        depth = 0
        for end in range(start, min(start + _LABEL_CHARS, len(self.text))):
            depth += (self.text[end] == opener) - (self.text[end] == closer)
            if depth == 0:
                self.emit("", end + 1 - self.at)
                return

    def command(self) -> None:
        match = _NAME.match(self.text, self.at + 1)
        if match is None:
            following = self.text[self.at + 1 : self.at + 2]
            self.emit(_ESCAPED.get(following, " "), 1 + len(following))
            return
        name, length = match[0], len(match[0]) + 1
        if name in _WRAPPERS:
            start = self.blanks(self.at + length)
            grouped = self.text.startswith("{", start)
            self.opening = ("", name in _TEXTS) if grouped else None
            self.emit("", start - self.at if grouped else length)
        elif name in _FRACTIONS:
            self.fraction(length)
        elif name in _LABELLED:
            self.emit(_LABELLED[name], length)
            self.skip_group("[", "]")
            self.skip_group("{", "}")
        elif name in _ABOVE:
            self.emit("", length)
            self.skip_group("{", "}")
        elif name in ("begin", "end"):
            self.emit(" ", length)
            self.skip_group("{", "}")
            self.skip_group("{", "}")
        else:
            self.emit(_SYMBOLS.get(name, " "), length)

    def fraction(self, length: int) -> None:
        start = self.blanks(self.at + length)
        if self.text.startswith("{", start):
            self.emit("(", start - self.at)
            self.opening = (")/", True)
        elif self.text[start : start + 2].isdigit():
            self.emit("", start - self.at)
            self.emit(self.text[start] + "/", 1)
        else:
            self.emit(" ", length)


def plain(mapped: Mapped) -> Mapped:
    """Without LaTeX: subscripts as digits, superscripts after `^`, `\\frac{a}{b}` as `(a)/(b)`, arrows as → ⇄ =."""
    if not any(char in mapped.text for char in "\\{}$_^&~"):
        return mapped
    read = mapped.rebuilt(_Scanner(mapped.text).run())
    return read.sub(_SIMPLE_FRACTION, lambda match: f"{match[1]}/{match[2]}").sub(_SUBSCRIPT, _subscript)


def _subscript(match: re.Match[str]) -> str:
    following = match.string[match.end() : match.end() + 1]
    return "" if following.isdigit() or following == "(" else " "
