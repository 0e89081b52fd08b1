"""Plain text out of a provider's HTML and Markdown, with formulas kept as they were written."""

import re
from html.parser import HTMLParser

SUBSCRIPT = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
SUPERSCRIPT = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
# fmt: off
LINES = frozenset(
    {
        "address", "article", "blockquote", "body", "br", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3",
        "h4", "h5", "h6", "head", "hr", "html", "ol", "p", "pre", "section", "table", "title", "tr", "ul"
    }
)
INLINE = frozenset(
    {
        "a", "b", "code", "del", "em", "font", "i", "img", "input", "label", "li", "mark", "s", "small", "span",
        "strike", "strong", "sub", "sup", "tbody", "td", "th", "thead", "u"
    }
)
# fmt: on
HIDDEN = frozenset({"script", "style"})
KNOWN = "|".join(sorted(LINES | INLINE | HIDDEN, key=len, reverse=True))

MATH = re.compile(r"<math\b[^>]*>(.*?)(?:</math\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# What stands between marks has no such mark in it, or is short: else a page of opening marks would take minutes.
TEX = re.compile(
    r"\$\$(.+?)\$\$"
    r"|(?<!\\)\$([^$\n]+?)(?<!\\)\$"
    r"|(?<!\\)\\\[((?:[^\\]|\\\\|\\(?![\[\]]))+)\\\]"
    r"|(?<!\\)\\\(((?:[^\\]|\\\\|\\(?![()]))+)\\\)",
    re.DOTALL,
)
TAG = re.compile(rf"</?(?:{KNOWN})\b[^<>]*>|&(?:#\d+|#x[0-9a-f]+|\w+);", re.IGNORECASE)
NOT_A_TAG = re.compile(rf"<(?!/?(?:{KNOWN})\b[^<>]*>)", re.IGNORECASE)
MATHML = re.compile(r"</?m[a-z]+\b[^<>]*>", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
KEPT = re.compile("\ue000(\\d+)\ue001")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000\ue001]")
# A link only if it leads somewhere: [Cu(NH3)4](OH)2 is a formula.
MARKDOWN = (
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)"), ""),
    (re.compile(r"\[([^\[\]\n]*)\]\((?:https?:|mailto:|[/#])[^()\n]*\)"), r"\1"),
    (re.compile(r"^[ \t]*(?:```.*|([-*_])(?:[ \t]*\1){2,}|(?:\|[ \t]*)?:?--[ \t:|-]*)$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<!\\)\*\*(?!\s)([^\n]{1,300}?)(?<![\s\\])\*\*"), r"\1"),
    (re.compile(r"(?<![\w\\])__(?!\s)([^\n]{1,300}?)(?<![\s\\])__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*\\])\*(?!\s)([^*\n]{1,300}?)(?<![\s\\])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w\\])_(?!\s)([^_\n]{1,300}?)(?<![\s\\])_(?!\w)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~$])"), r"\1"),
)


def of_html(source: str) -> str:
    """The text of a block: one line per paragraph or row, LaTeX of `<math>` verbatim, H<sub>2</sub> as H₂."""
    formulas: list[str] = []
    kept = MATH.sub(lambda found: keep(formulas, unescaped(found[1])), clean(source))
    return finish(read(kept, keep_lines=False), formulas)


def of_markdown(source: str) -> str:
    """The text of a page: marks of headings, emphasis, tables and links taken away, LaTeX kept without its dollars."""
    formulas: list[str] = []
    text = MATH.sub(lambda found: keep(formulas, unescaped(found[1])), clean(source))
    text = TEX.sub(lambda found: keep(formulas, next(part for part in found.groups() if part is not None)), text)
    for pattern, instead in MARKDOWN:
        text = pattern.sub(instead, text)
    return finish(read(text, keep_lines=True) if TAG.search(text) else text, formulas)


def clean(text: str) -> str:
    """Without control characters, which a database or a terminal would choke on."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def keep(formulas: list[str], formula: str) -> str:
    """Put a formula aside, so that nothing below touches it; the mark to stand in its place."""
    formulas.append(" ".join(formula.split()))
    return f"\ue000{len(formulas) - 1}\ue001"


def unescaped(source: str) -> str:
    """LaTeX inside HTML: entities resolved, `<` is an inequality; of MathML the content."""
    parser = _Text(keep_lines=False)
    parser.feed(MATHML.sub("", source).replace("<", "&lt;"))
    return parser.text()


def read(source: str, *, keep_lines: bool) -> str:
    """Run the HTML parser over text in which only known tags count as tags: `x<y` is an inequality."""
    parser = _Text(keep_lines=keep_lines)
    parser.feed(NOT_A_TAG.sub("&lt;", COMMENT.sub("", source)))
    return parser.text()


def finish(text: str, formulas: list[str]) -> str:
    """Put the formulas back, trim the lines, drop the empty ones."""
    text = KEPT.sub(lambda found: formulas[int(found[1])], text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def raised(inner: str, sign: str) -> str:
    """A sub- or superscript: in Unicode if every character has one, else `_x` or `_{xyz}` as in LaTeX."""
    inner = inner.strip()
    small = inner.translate(SUBSCRIPT if sign == "_" else SUPERSCRIPT)
    if all(new != old for new, old in zip(small, inner, strict=True)):
        return small
    return f"{sign}{inner}" if len(inner) == 1 else f"{sign}{{{inner}}}"


class _Text(HTMLParser):
    """Collects text. `parts` is a stack: a sub- or superscript is gathered apart until it closes."""

    def __init__(self, *, keep_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.keep_lines = keep_lines
        self.parts: list[tuple[str, list[str]]] = [("", [])]
        self.lists: list[int | None] = []
        self.hidden = 0
        self.cells = 0

    def say(self, text: str) -> None:
        self.parts[-1][1].append(text)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.say(data if self.keep_lines else re.sub(r"\s+", " ", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LINES or tag == "li":
            self.say("\n")
        if tag in {"sub", "sup"}:
            self.parts.append((tag, []))
        elif tag in {"ol", "ul"}:
            start = dict(attrs).get("start") or "1"
            self.lists.append((int(start) if re.fullmatch(r"\d{1,6}", start) else 1) if tag == "ol" else None)
        elif tag == "li" and self.lists and self.lists[-1] is not None:
            self.say(f"{self.lists[-1]}. ")
            self.lists[-1] += 1
        elif tag == "tr":
            self.cells = 0
        elif tag in {"td", "th"}:
            self.say(" | " if self.cells else "")
            self.cells += 1
        elif tag in {"del", "s", "strike"}:
            self.say("~~")
        self.hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        if tag in {"sub", "sup"} and self.parts[-1][0] == tag:
            self.fold()
        elif tag in {"ol", "ul"} and self.lists:
            self.lists.pop()
        elif tag in {"del", "s", "strike"}:
            self.say("~~")
        if tag in LINES:
            self.say("\n")
        self.hidden = max(0, self.hidden - (tag in HIDDEN))

    def fold(self) -> None:
        tag, inner = self.parts.pop()
        self.say(raised("".join(inner), "_" if tag == "sub" else "^"))

    def text(self) -> str:
        self.close()
        while len(self.parts) > 1:
            self.fold()
        return "".join(self.parts[0][1])
