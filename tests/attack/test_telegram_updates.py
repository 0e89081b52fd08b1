"""Updates as Telegram would never send them: whatever comes, the next person who writes is answered."""

import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.bot.conftest import bot, service, settings, telegram
from tests.bot.support import Bot, linked, quiet
from tests.servers.telegram import TelegramServer
from tests.support.world import World

__all__ = ["bot", "service", "settings", "telegram"]
ODD: list[Any] = [None, True, -1, 0, 2**31, 2**53, 2**63, 10**30, 1.5, "", "\0", "x" * 70_000, "/start", [], {}, [{}]]
ODD += ["\ud83d", {"id": 1}, [1, 2], "999999999999", {"id": 2**63, "type": "private"}, {"file_id": "x"}]
SEED, MANY = 2026, 250


def message(number: int) -> dict[str, Any]:
    """An update as it should be, with everything in it that we look at."""
    person = {"id": 7_000_000 + number % 5, "is_bot": False, "first_name": "A", "language_code": "ru"}
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 9}]
    document = {"file_id": "f", "file_unique_id": "u", "mime_type": "image/jpeg", "file_name": "a.jpg"}
    chat = {"id": person["id"], "type": "private", "first_name": "A"}
    said = {"message_id": number, "date": 1_700_000_000, "chat": chat, "from": person, "text": "/works"}
    kinds: list[dict[str, Any]] = [
        {"message": said},
        {"message": {**said, "photo": photo, "media_group_id": "g", "caption": "c"}},
        {"message": {**said, "document": document}},
        {"callback_query": {"id": "1", "from": person, "message": said, "chat_instance": "1", "data": "use:1"}},
        {"my_chat_member": {"chat": chat, "from": person, "date": 1, "old_chat_member": {}, "new_chat_member": {}}},
    ]
    return kinds[number % len(kinds)]


def spoiled(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The same with something else somewhere in it."""
    if not isinstance(value, dict) or not value or (depth and chance.random() < 0.2):
        return chance.choice(ODD)
    key = chance.choice(list(value))
    if chance.random() < 0.1:
        return {name: one for name, one in value.items() if name != key}
    return {**value, key: spoiled(value[key], chance, depth + 1)}


def updates() -> Iterator[tuple[str, Any]]:
    """Very many of them: the kind, and what is said of it."""
    chance = random.Random(SEED)
    for number in range(MANY):
        made = message(number)
        for _ in range(chance.randrange(1, 4)):
            [(kind, about)] = made.items()
            made = {kind: spoiled(about, chance)}
        yield from made.items()


@pytest.fixture
async def anna(world: World, telegram: TelegramServer, bot: Bot) -> AsyncIterator[Any]:
    """Somebody who is known."""
    await world.course("chem", "teacher", ["anna"])
    yield await linked(world, telegram, "anna")


async def test_no_update_stops_the_bot(telegram: TelegramServer, bot: Bot, anna: Any) -> None:
    with capture_logs() as logs:
        for kind, about in updates():
            telegram.state.tell(kind, about)
        anna.text("/help")
        await anna.hears("Как сдать", seconds=120)
        await quiet(telegram)
    assert bot.task is not None and not bot.task.done()
    errors = [line["event"] for line in logs if line["log_level"] == "error"]
    assert set(errors) <= {"bot.fault"} and len(errors) < MANY / 5, errors
    assert not telegram.state.updates, "all are confirmed, so none comes again"
