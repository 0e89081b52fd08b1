"""Choosing the work that photos go to; for teachers also which works to hear about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from picrete_gql.models import Attempt, Work
from picrete_gql.problems import NotFound
from picrete_gql.resolvers import attempts, notices_following, photos, telegram, works
from picrete_gql.rules.telegram import Keyboard, Press, button

from ._buttons import Pressed, heard, message_of, short
from ._talk import Talk

NUMBER_CHARS = 4


async def on_works(message: Message, state: FSMContext, talk: Talk) -> None:
    """List what is open: own attempts with the time left, and works taught."""
    if talk.who is None:
        talk.say(talk.words.sign_in_first)
        return
    text, keyboard, shown = await _list(talk)
    await state.update_data(shown=shown)
    talk.say(text, keyboard)


async def on_use(message: Message, command: CommandObject, state: FSMContext, talk: Talk) -> None:
    """Choose by the number in the list, or by the id of an attempt."""
    given = (command.args or "").strip()
    if talk.who is None:
        talk.say(talk.words.sign_in_first)
    elif not given:
        talk.say(talk.words.use_how)
    elif given.isdecimal() and len(given) <= NUMBER_CHARS:
        shown = (await state.get_data()).get("shown") or [open_.id.hex for open_ in await _open(talk)]
        number = int(given)
        if 1 <= number <= len(shown):
            await _choose(talk, UUID(shown[number - 1]))
        else:
            talk.say(talk.words.say("no_such_number", number=number))
    else:
        await _choose(talk, _id(given))


async def on_use_button(query: CallbackQuery, press: Press, talk: Talk) -> None:
    """Choose by a button."""
    await heard(query)
    if talk.who is None:
        talk.say(talk.words.sign_in_first)
    else:
        await _choose(talk, press.id)


async def on_follow_button(query: CallbackQuery, press: Press, state: FSMContext, talk: Talk) -> None:
    """A teacher wants to hear of a work, or no longer."""
    await heard(query)
    if talk.who is None or press.id is None:
        talk.say(talk.words.sign_in_first)
        return
    await notices_following.follow(talk.context, press.id, follow=press.kind == "follow")
    text, keyboard, shown = await _list(talk)
    await state.update_data(shown=shown)
    talk.say(text, keyboard, instead_of=message_of(query))


async def _choose(talk: Talk, attempt_id: UUID | None) -> None:
    if attempt_id is None:
        raise NotFound("attempt")
    attempt = await telegram.choose(talk.context, attempt_id)
    talk.say(talk.words.say("chosen", **(await _facts(talk, [attempt]))[0]))


async def _open(talk: Talk) -> list[Attempt]:
    return (await attempts.open_ones(talk.context))[: talk.runtime.settings.telegram.works_shown]


async def _list(talk: Talk) -> tuple[str, Keyboard, list[str]]:
    say, mine = talk.words, await _open(talk)
    lines: list[str] = [say.works_head] if mine else []
    keyboard: Keyboard = []
    chosen = talk.link.attempt_id if talk.link else None
    for number, (attempt, facts) in enumerate(zip(mine, await _facts(talk, mine), strict=True), 1):
        mark = say.work_chosen_mark if attempt.id == chosen else ""
        lines.append(say.say("work_line", number=number, mark=mark, **facts))
        keyboard.append([button(f"{number}. {facts['title']}", "use", attempt.id)])
    lines += [say.works_tail] if mine else []
    taught = await notices_following.taught(talk.context)
    lines += ["", say.taught_head] if taught and mine else [say.taught_head] if taught else []
    for line, buttons in await _followed(talk, taught):
        lines.append(line)
        keyboard.append(buttons)
    return "\n".join(lines) or say.works_none, keyboard, [attempt.id.hex for attempt in mine]


async def _followed(talk: Talk, taught: Sequence[Work]) -> list[tuple[str, list[dict[str, str]]]]:
    """Each work taught as a line, and the button to follow it or no longer."""
    say, ids = talk.words, [work.id for work in taught]
    counts = await notices_following.progress(talk.context, ids)
    followed = await notices_following.of_works(talk.context, ids)
    found = []
    for work, count, already in zip(taught, counts, followed, strict=True):
        title, numbers = short(work.title), (count.submitted, count.total) if count else (0, 0)
        kind, text = ("unfollow", say.unfollow_button) if already else ("follow", say.follow_button)
        line = say.say("taught_line", title=title, submitted=numbers[0], total=numbers[1])
        found.append((line, [button(text.format(title=title), kind, work.id)]))
    return found


async def _facts(talk: Talk, mine: Sequence[Attempt]) -> list[dict[str, Any]]:
    """Title, time left and number of photos of each attempt."""
    titles = await works.of_ids(talk.context, [attempt.work_id for attempt in mine])
    taken = await photos.of_attempts(talk.context, [attempt.id for attempt in mine])
    limit, now = talk.runtime.settings.photos.max_count, talk.runtime.now()
    return [
        {
            "title": short(work.title) if work else "…",
            "left": talk.words.left((attempt.expires_at - now).total_seconds()),
            "taken": len(pages),
            "limit": limit,
        }
        for attempt, work, pages in zip(mine, titles, taken, strict=True)
    ]


def _id(given: str) -> UUID | None:
    try:
        return UUID(given.removeprefix("attempt_"))
    except ValueError:
        return None


def room() -> Router:
    """Works and attempts."""
    router = Router(name="works")
    router.message.register(on_works, Command("works"))
    router.message.register(on_use, Command("use"))
    router.callback_query.register(on_use_button, Pressed("use"))
    router.callback_query.register(on_follow_button, Pressed("follow", "unfollow"))
    return router
