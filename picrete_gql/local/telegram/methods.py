"""The methods of the Bot API stand-in. Contract: https://core.telegram.org/bots/api."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from . import checks
from .checks import Refusal, bad
from .state import Chat, Message

if TYPE_CHECKING:
    from .server import BotApi

Given = dict[str, Any]
Method = Callable[["BotApi", Given], Awaitable[Any]]
FILE_LIMIT = 20 * 1024 * 1024
QUERY_SECONDS = 60
POLL_SECONDS = 0.02


async def get_me(server: "BotApi", given: Given) -> Any:
    """Who the bot is."""
    return {**server.state.bot, "can_join_groups": True, "can_read_all_group_messages": False}


async def get_updates(server: "BotApi", given: Given) -> Any:
    """Long polling: a newer poller ends an older one with 409, as does a webhook."""
    if server.webhook:
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    server.poller += 1
    mine = server.poller
    offset, limit = checks.integer(given, "offset", 0), max(1, min(100, checks.integer(given, "limit", 100)))
    kinds, deadline = checks.document(given, "allowed_updates"), time.monotonic() + checks.integer(given, "timeout", 0)
    while True:
        if server.poller != mine:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        found = server.state.take(offset, limit, kinds)
        if found or time.monotonic() >= deadline or server.stopping:
            return found
        await asyncio.sleep(POLL_SECONDS)


async def send_message(server: "BotApi", given: Given) -> Any:
    """A message of the bot."""
    chat = _chat(server, given)
    text, keyboard = checks.text(given), checks.keyboard(given)
    message = server.state.add(chat, server.state.bot, {"text": text.replace("\0", "")}, keyboard)
    return server.state.message_json(message)


async def edit_message_text(server: "BotApi", given: Given) -> Any:
    """Another text or keyboard for a message of the bot."""
    message = _message(server, given, "edit")
    if message.sender is not server.state.bot:
        raise bad("message can't be edited")
    text, keyboard = checks.text(given), checks.keyboard(given)
    if (text, keyboard) == (message.text, message.keyboard):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    message.facts["text"], message.keyboard, message.edits = text, keyboard, message.edits + 1
    return server.state.message_json(message)


async def delete_message(server: "BotApi", given: Given) -> Any:
    """In a private chat the bot may delete what the person wrote."""
    message = _message(server, given, "delete")
    message.deleted = True
    return True


async def answer_callback_query(server: "BotApi", given: Given) -> Any:
    """Stop the clock on a button, once, soon."""
    asked = server.state.queries.pop(str(given.get("callback_query_id")), None)
    if asked is None or time.monotonic() - asked > QUERY_SECONDS:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(str(given.get("text") or "")) > checks.TOAST_CHARS:
        raise bad("MESSAGE_TOO_LONG")
    return True


async def get_file(server: "BotApi", given: Given) -> Any:
    """Where a file can be fetched."""
    file = server.state.files.get(str(given.get("file_id")))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.body) > FILE_LIMIT:
        raise bad("file is too big")
    about = {"file_id": file.file_id, "file_unique_id": file.file_id[-16:], "file_path": file.path}
    return {**about, "file_size": len(file.body)}


async def set_my_commands(server: "BotApi", given: Given) -> Any:
    """The command menu of a language."""
    server.state.commands[str(given.get("language_code") or "")] = checks.commands(given)
    return True


async def get_my_commands(server: "BotApi", given: Given) -> Any:
    """The command menu of a language."""
    return server.state.commands.get(str(given.get("language_code") or ""), [])


async def set_webhook(server: "BotApi", given: Given) -> Any:
    """From now on updates would be pushed."""
    server.webhook = str(given.get("url") or "")
    return True


async def delete_webhook(server: "BotApi", given: Given) -> Any:
    """Back to getUpdates."""
    server.webhook = ""
    return True


def _chat(server: "BotApi", given: Given) -> Chat:
    chat = server.state.chats.get(checks.integer(given, "chat_id"))
    if chat is None:
        raise bad("chat not found")
    if chat.deactivated:
        raise Refusal(403, "Forbidden: user is deactivated")
    if chat.blocked:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    if not chat.started:
        raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
    return chat


def _message(server: "BotApi", given: Given, verb: str) -> Message:
    chat, number = _chat(server, given), checks.integer(given, "message_id")
    message = next((m for m in chat.messages if m.message_id == number and not m.deleted), None)
    if message is None:
        raise bad(f"message to {verb} not found")
    return message


async def get_webhook_info(server: "BotApi", given: Given) -> Any:
    """Where updates go instead."""
    return {"url": server.webhook, "has_custom_certificate": False, "pending_update_count": 0}


METHODS: dict[str, Method] = {
    "getme": get_me,
    "getupdates": get_updates,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "getfile": get_file,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
