"""What the Bot API refuses, in its own words. Contract: https://core.telegram.org/bots/api."""

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

TEXT_UNITS, DATA_BYTES, TOAST_CHARS = 4096, 64, 200
TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "a",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
    "span",
}
RESERVED = re.compile(r"(?<!\\)[_*\[\]()~`>#+\-=|{}.!]")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str) -> Refusal:
    """A 400."""
    return Refusal(400, f"Bad Request: {description}")


def integer(given: dict[str, Any], name: str, default: int | None = None) -> int:
    """A number, also as text. Raises Refusal when it is missing."""
    value = given.get(name, default)
    if value is None or value == "":
        raise bad(
            f"{name.removesuffix('_id')} identifier is not specified" if name.endswith("_id") else f"{name} is empty"
        )
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise bad(f"{name.removesuffix('_id')} not found") from error


def document(given: dict[str, Any], name: str, default: Any = None) -> Any:
    """A JSON value, also as text."""
    value = given.get(name, default)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise bad(f"can't parse {name} JSON object") from error


def text(given: dict[str, Any]) -> str:
    """The text of a message: some, not too much, well-formed in its parse mode."""
    value = given.get("text")
    if not isinstance(value, str):
        raise bad("message text is empty")
    try:
        units = len(value.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        raise bad("strings must be encoded in UTF-8") from error
    if not value.replace("\0", "").strip():
        raise bad("message text is empty")
    if units > TEXT_UNITS:
        raise bad("message is too long")
    mode = str(given.get("parse_mode") or "").lower()
    if mode == "html":
        _Html(value)
    elif mode == "markdownv2" and (found := RESERVED.search(value)):
        raise bad(
            f"can't parse entities: Character '{found[0]}' is reserved and must be escaped with the preceding '\\'"
        )
    elif mode not in ("", "html", "markdown", "markdownv2"):
        raise bad("unsupported parse_mode")
    return value


def keyboard(given: dict[str, Any]) -> list[list[dict[str, Any]]] | None:
    """An inline keyboard: each button with a text and one thing that it does."""
    markup = document(given, "reply_markup")
    if not markup:
        return None
    if not isinstance(markup, dict) or not isinstance(rows := markup.get("inline_keyboard"), list):
        raise bad("object expected as reply markup")
    for row in rows:
        if not isinstance(row, list) or not all(isinstance(button, dict) for button in row):
            raise bad("can't parse inline keyboard button: object expected")
        for button in row:
            _button(button)
    return rows


def commands(given: dict[str, Any]) -> list[dict[str, str]]:
    """A command menu."""
    found = document(given, "commands", [])
    if not isinstance(found, list) or len(found) > 100:
        raise bad("can't parse commands")
    for command in found:
        if not COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return found


def _button(button: dict[str, Any]) -> None:
    if not str(button.get("text", "")).strip():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    does = [name for name in ("callback_data", "url", "web_app", "switch_inline_query", "copy_text") if name in button]
    if len(does) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if does == ["callback_data"] and not 1 <= len(str(button["callback_data"]).encode()) <= DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if does == ["url"]:
        host = urlsplit(str(button["url"])).hostname or ""
        if "." not in host or host.startswith("127."):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


class _Html(HTMLParser):
    def __init__(self, value: str) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.feed(value)
        self.close()
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1]}\"")

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {self.getpos()[1]}")
