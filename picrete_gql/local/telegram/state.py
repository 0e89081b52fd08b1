"""Who writes to the bot, what stands in their chats, and which updates wait: the memory of the Bot API stand-in."""

import hashlib
import itertools
import threading
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

SIZES = (90, 320, 800)
BOT = {"id": 0, "is_bot": True, "first_name": "Picrete", "username": "picrete_test_bot"}


@dataclass
class File:
    """Bytes behind a `file_id`; `size` is what Telegram says, which a test may let differ from the truth."""

    file_id: str
    path: str
    body: bytes
    size: int | None


@dataclass
class Message:
    """A message in a private chat or group. `keyboard` belongs to the bot's own."""

    message_id: int
    chat_id: int
    sender: dict[str, Any]
    facts: dict[str, Any]
    keyboard: list[list[dict[str, Any]]] | None = None
    deleted: bool = False
    edits: int = 0

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.facts.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """All its buttons."""
        return [button for row in self.keyboard or [] for button in row]


@dataclass
class Chat:
    """A private chat with one person, or a group."""

    id: int
    user: dict[str, Any]
    kind: str = "private"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    messages: list[Message] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """As it stands in a message."""
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.user["first_name"]}
        return {"id": self.id, "type": self.kind, "title": "A group"}


class State:
    """Everything that the service remembers. `updates` are those that the bot has not confirmed."""

    def __init__(self, bot_id: int) -> None:
        self.bot = {**BOT, "id": bot_id}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.updates: list[dict[str, Any]] = []
        self.confirmed = 0
        # People write in the thread of a test, the service answers in its own.
        self.lock = threading.Lock()
        self.queries: dict[str, float] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.update_ids = itertools.count(700_000_001)
        self.numbers = itertools.count(1)

    def message_json(self, message: Message) -> dict[str, Any]:
        """A message as the Bot API shows it."""
        markup = {"reply_markup": {"inline_keyboard": message.keyboard}} if message.keyboard else {}
        return {
            "message_id": message.message_id,
            "date": int(time.time()),
            "chat": self.chats[message.chat_id].json(),
            "from": message.sender,
            **message.facts,
            **markup,
        }

    def add(self, chat: Chat, sender: dict[str, Any], facts: dict[str, Any], keyboard: Any = None) -> Message:
        """One more message in a chat."""
        message = Message(next(self.numbers), chat.id, sender, facts, keyboard)
        chat.messages.append(message)
        return message

    def tell(self, kind: str, about: dict[str, Any]) -> int:
        """Queue an update for the bot; its id."""
        with self.lock:
            update_id = next(self.update_ids)
            self.updates.append({"update_id": update_id, kind: about})
        return update_id

    def write(self, chat: Chat, sender: dict[str, Any], **facts: Any) -> Message:
        """Somebody writes."""
        chat.started, chat.blocked = chat.started or chat.kind == "private", False
        message = self.add(chat, sender, facts)
        self.tell("message", self.message_json(message))
        return message

    def keep(self, body: bytes, path: str, size: int | None = None) -> dict[str, Any]:
        """Store a file; how a message speaks of it."""
        number = next(self.numbers)
        digest = hashlib.sha256(body).hexdigest()
        file = File(f"AgACAgIAAx{number:08d}{digest[:40]}", path.format(number=number), body, size or len(body))
        self.files[file.file_id] = file
        return {"file_id": file.file_id, "file_unique_id": digest[:16], "file_size": file.size}

    def sizes(self, body: bytes) -> list[dict[str, Any]]:
        """A photo in its sizes, smallest first; the largest is the picture as it was sent."""
        with Image.open(BytesIO(body)) as image:
            whole = image.convert("RGB")
        found = []
        for most in SIZES:
            if most < max(whole.size):
                small = whole.copy()
                small.thumbnail((most, most))
                out = BytesIO()
                small.save(out, "JPEG")
                kept = self.keep(out.getvalue(), "photos/file_{number}.jpg")
                found.append({**kept, "width": small.width, "height": small.height})
        kept = self.keep(body, "photos/file_{number}.jpg")
        return [*found, {**kept, "width": whole.width, "height": whole.height}]

    def take(self, offset: int, limit: int, kinds: list[str] | None) -> list[dict[str, Any]]:
        """Updates from `offset` on; all before it are confirmed and forgotten. Negative: the last so many."""
        with self.lock:
            if offset < 0:
                offset = self.updates[offset]["update_id"] if len(self.updates) >= -offset else 0
            if offset > 0:
                self.confirmed = max(self.confirmed, offset)
                self.updates = [update for update in self.updates if update["update_id"] >= offset]
            wanted = [u for u in self.updates if not kinds or set(kinds) & u.keys()]
        return wanted[:limit]
