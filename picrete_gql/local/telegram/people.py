"""People at their phones: what they can do, and what they see."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from .state import Chat, Message, State

T = TypeVar("T")
WAIT_SECONDS = 30.0


class NotHeard(AssertionError):
    """The bot did not say, within the time, what was waited for. The message holds what it said instead."""


class Person:
    """One person and their private chat with the bot (or one member writing in a group)."""

    def __init__(self, state: State, chat: Chat, user: dict[str, Any] | None = None) -> None:
        self.state, self.chat, self.user = state, chat, user or chat.user
        self.seen = 0

    @property
    def id(self) -> int:
        """Telegram's id of the person."""
        return int(self.user["id"])

    @property
    def heard(self) -> list[Message]:
        """What the bot said, without what was deleted."""
        return [m for m in self.chat.messages if m.sender is self.state.bot and not m.deleted]

    @property
    def last(self) -> Message:
        """The bot's last message."""
        return self.heard[-1]

    def text(self, text: str) -> Message:
        """Write."""
        word = text.split(maxsplit=1)[:1]
        command = {"offset": 0, "length": len(word[0]) if word else 0, "type": "bot_command"}
        entities = {"entities": [command]} if text.startswith("/") else {}
        return self.state.write(self.chat, self.user, text=text, **entities)

    def photo(self, body: bytes, group: str | None = None) -> Message:
        """Send a picture as a photo: it comes in several sizes."""
        together = {"media_group_id": group} if group else {}
        return self.state.write(self.chat, self.user, photo=self.state.sizes(body), **together)

    def document(
        self,
        body: bytes,
        name: str = "page.jpg",
        mime: str = "image/jpeg",
        group: str | None = None,
        size: int | None = None,
    ) -> Message:
        """Send a file as a file; `size` is what Telegram says of it."""
        kept = self.state.keep(body, "documents/file_{number}", size)
        together = {"media_group_id": group} if group else {}
        about = {**kept, "file_name": name, "mime_type": mime}
        return self.state.write(self.chat, self.user, document=about, **together)

    def album(self, bodies: Sequence[bytes], group: str | None = None) -> str:
        """Send several photos together: separate messages with one media_group_id."""
        group = group or str(uuid4().int)[:17]
        for body in bodies:
            self.photo(body, group)
        return group

    def other(self, **facts: Any) -> Message:
        """Send something else, such as a sticker or a voice."""
        return self.state.write(self.chat, self.user, **facts)

    def press(self, button: str, message: Message | None = None) -> None:
        """Press the button whose text contains this, under the last message that has it."""
        holders = [message] if message else list(reversed(self.heard))
        for holder in holders:
            for found in holder.buttons:
                if button in found["text"]:
                    self.press_data(found["callback_data"], holder)
                    return
        raise NotHeard(f"no button “{button}” in {[m.buttons for m in self.heard]}")

    def press_data(self, data: str, message: Message | None = None) -> str:
        """A callback with any data, as a changed client could send it; the id of the query."""
        holder = message or self.last
        query = str(uuid4().int)[:19]
        self.state.queries[query] = time.monotonic()
        about = {"id": query, "from": self.user, "chat_instance": "1", "data": data}
        self.state.tell("callback_query", {**about, "message": self.state.message_json(holder)})
        return query

    def block(self) -> None:
        """Block the bot."""
        self.chat.blocked = True
        self._membership("member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self.chat.blocked = False
        self._membership("kicked", "member")

    async def hears(self, *words: str, seconds: float = WAIT_SECONDS) -> Message:
        """The first message of the bot, after those that were waited for before, with all these words.

        Raises NotHeard when none comes.
        """

        def new() -> Message | None:
            for number, message in enumerate(self.heard[self.seen :], self.seen + 1):
                if all(word in message.text for word in words):
                    self.seen = number
                    return message
            return None

        return await until(new, seconds, lambda: f"{words} among {[m.text for m in self.heard[self.seen :]]}")

    async def sees(self, message: Message, *words: str, seconds: float = WAIT_SECONDS) -> Message:
        """Until a message has been changed to have all these words."""

        def changed() -> Message | None:
            return message if all(word in message.text for word in words) else None

        return await until(changed, seconds, lambda: f"{words} in {message.text!r}")

    def _membership(self, old: str, new: str) -> None:
        def member(status: str) -> dict[str, Any]:
            return {"user": self.state.bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}

        about = {"chat": self.chat.json(), "from": self.user, "date": int(time.time())}
        members = {"old_chat_member": member(old), "new_chat_member": member(new)}
        self.state.tell("my_chat_member", {**about, **members})


async def until(found: Callable[[], T | None], seconds: float, what: Callable[[], str]) -> T:
    """The first truthy answer. Raises NotHeard after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > deadline:
            raise NotHeard(f"not within {seconds:g} s: {what()}")
        await asyncio.sleep(0.01)
    return value
