"""The Bot API server that stands in for Telegram keeps Telegram's own rules, or the other tests would prove little."""

import asyncio
from typing import Any

import httpx2

from tests.servers.telegram import TOKEN, Fault, TelegramServer


async def call(telegram: TelegramServer, method: str, **given: Any) -> Any:
    """What a method answers."""
    async with httpx2.AsyncClient(timeout=10) as http:
        answer = (await http.post(f"{telegram.url}/bot{TOKEN}/{method}", json=given)).json()
    return answer["result"] if answer["ok"] else (answer["error_code"], answer["description"])


async def test_an_offset_confirms_what_is_before_it_and_nothing_else(telegram: TelegramServer) -> None:
    anna = telegram.person("anna")
    for text in ("one", "two", "three"):
        anna.text(text)
    first = await call(telegram, "getUpdates")
    assert [update["message"]["text"] for update in first] == ["one", "two", "three"]
    assert await call(telegram, "getUpdates") == first
    assert await call(telegram, "getUpdates", limit=1) == first[:1]
    assert await call(telegram, "getUpdates", offset=first[1]["update_id"]) == first[1:]
    assert await call(telegram, "getUpdates", offset=0) == first[1:]
    assert await call(telegram, "getUpdates", offset=-1) == first[2:]
    assert await call(telegram, "getUpdates", offset=first[2]["update_id"] + 1) == []


async def test_a_newer_poller_ends_the_older_one(telegram: TelegramServer) -> None:
    polls = telegram.poller
    older = asyncio.create_task(call(telegram, "getUpdates", timeout=5))
    while telegram.poller == polls:
        await asyncio.sleep(0.01)
    assert await call(telegram, "getUpdates", timeout=0) == []
    assert (await older)[0] == 409


async def test_what_telegram_refuses_is_refused(telegram: TelegramServer) -> None:
    anna = telegram.person("anna")
    assert (await call(telegram, "sendMessage", chat_id=anna.id, text="x"))[0] == 403
    anna.text("hello")
    assert (await call(telegram, "sendMessage", chat_id=anna.id, text="x" * 4097))[0] == 400
    assert (await call(telegram, "sendMessage", chat_id=anna.id, text="<b>", parse_mode="HTML"))[0] == 400
    assert (await call(telegram, "sendMessage", chat_id=7, text="x"))[0] == 400
    sent = await call(telegram, "sendMessage", chat_id=anna.id, text="x")
    same = await call(telegram, "editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="x")
    assert same[0] == 400 and "not modified" in same[1]
    telegram.script(Fault("sendmessage", "429", 3))
    assert (await call(telegram, "sendMessage", chat_id=anna.id, text="x"))[0] == 429
    anna.chat.blocked = True
    assert (await call(telegram, "sendMessage", chat_id=anna.id, text="x"))[0] == 403
    assert (await call(telegram, "nonsense"))[0] == 404
    async with httpx2.AsyncClient() as http:
        assert (await http.get(f"{telegram.url}/bot1:wrong/getMe")).status_code == 401
