"""Carrying files from Telegram into attempts: in order in each chat, an album answered as one."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from picrete_gql.call import Actor, Context
from picrete_gql.gateways.telegram import WHAT, Telegram, TooLarge
from picrete_gql.models import TelegramFile
from picrete_gql.problems import NotFound, Problem, Refused, Unavailable
from picrete_gql.resolvers import attempts, photos, works
from picrete_gql.resolvers import telegram_answers as answers
from picrete_gql.resolvers import telegram_files as files
from picrete_gql.resolvers.telegram_files import AlreadyStored
from picrete_gql.rules.images import ImageTooLarge
from picrete_gql.rules.telegram import TEXT_UNITS, cut
from picrete_gql.runtime import Runtime
from picrete_gql.words import words

from ._answers import Speaker
from ._lanes import Lane, Lanes
from ._talk import DOOR, system

log = structlog.get_logger(__name__)


class Carrier:
    """Fetches, stores and answers. Every step is in the database before the next one begins."""

    def __init__(self, runtime: Runtime, api: Telegram, speaker: Speaker) -> None:
        self.runtime, self.api, self.speaker = runtime, api, speaker
        self.context, self.of = system(runtime), runtime.settings.telegram
        self.slots = asyncio.Semaphore(self.of.parallel)
        self.lanes = Lanes(self._work, self.of.backoff_seconds)

    async def begin(self) -> None:
        """Go on where an earlier process stopped."""
        self.lanes.wake(await files.waiting_chats(self.context, self.api.bot_id))

    async def _work(self, lane: Lane) -> None:
        while waiting := await files.of_chat(self.context, self.api.bot_id, lane.chat_id):
            nap = await self._answer(waiting)
            file = next((file for file in waiting if file.ready_at is None), None)
            if file is not None:
                nap = self._seconds_until(file)
                if nap <= 0:
                    async with self.slots:
                        await self._carry(file)
            if nap > 0:
                await lane.nap(nap)

    def _seconds_until(self, file: TelegramFile) -> float:
        return (file.retry_at - self.runtime.now()).total_seconds() if file.retry_at else 0

    async def _carry(self, file: TelegramFile) -> None:
        file = await files.take(self.context, file.id)
        say = words(file.locale)
        last = file.tries >= self.of.tries
        if file.tries > self.of.tries:
            # Nobody was left to say so: every try ended with the process.
            await files.settle(self.context, file.id, refusal=say.not_stored)
            return
        try:
            await self._store(file)
        except AlreadyStored:
            log.info("bot.file_stored_elsewhere", file=str(file.id))
        except Unavailable as problem:
            log.warning("bot.file_waits", file=str(file.id), tries=file.tries, detail=problem.detail)
            if last:
                why = say.not_downloaded if problem.what == WHAT else say.not_stored
                await files.settle(self.context, file.id, refusal=why)
            else:
                pause = self.of.backoff_seconds * 2.0 ** (file.tries - 1)
                await files.put_off(self.context, file.id, problem.retry_after or min(pause, self.of.backoff_most))
        except Exception as error:
            await files.settle(self.context, file.id, refusal=self._sentence(file, error))

    async def _store(self, file: TelegramFile) -> None:
        """The arrival of the photo and the word that this file is done are one transaction."""
        if file.attempt_id is None:
            raise NotFound("attempt")
        person = self._person(file)
        # Asked before anything is fetched for nothing.
        await photos.ensure_open(person, file.attempt_id)
        body = await self.api.download(file.file, self.runtime.settings.photos.max_bytes)
        witness = files.Witness(file.id)
        watched = Context(self.runtime, person.actor, DOOR, file.locale, person.ip, witness=witness)
        photo = await photos.upload(watched, file.attempt_id, file.filename, body)
        if not witness.signed:
            # It was there already, sent before or by another way.
            await files.settle(self.context, file.id, number=photo.number)

    def _sentence(self, file: TelegramFile, error: Exception) -> str:
        say = words(file.locale)
        if isinstance(error, TooLarge):
            return ImageTooLarge(self.runtime.settings.photos.max_bytes).say(file.locale)
        if isinstance(error, NotFound):
            return say.no_such_attempt
        if isinstance(error, Refused):
            log.warning("bot.file_refused", detail=error.detail)
            return say.not_downloaded
        if isinstance(error, Problem):
            return error.say(file.locale)
        log.error("bot.file_fault", file=str(file.id), exc_info=error)
        return say.fault

    def _person(self, file: TelegramFile) -> Context:
        return Context(self.runtime, Actor(file.account_id), DOOR, file.locale, f"{DOOR}:{file.chat_id}")

    async def _answer(self, waiting: Sequence[TelegramFile]) -> float:
        """Tell about every file and album that is complete. Seconds until an album may be."""
        groups: dict[str, list[TelegramFile]] = {}
        for file in waiting:
            groups.setdefault(file.group or f"update:{file.update_id}", []).append(file)
        naps: list[float] = []
        for key, members in groups.items():
            if any(file.ready_at is None for file in members):
                continue
            quiet = timedelta(seconds=self.of.album_seconds if members[0].group else 0)
            left = (max(file.created_at for file in members) + quiet - self.runtime.now()).total_seconds()
            if left > 0:
                naps.append(left)
            else:
                await self._tell(key, members)
        return min(naps, default=0)

    async def _tell(self, key: str, members: Sequence[TelegramFile]) -> None:
        first = members[0]
        if first.group is not None:
            # Parts that were answered before belong to the same message.
            members = await files.of_group(self.context, first.bot_id, first.chat_id, first.group)
            if any(file.ready_at is None for file in members):
                # One more part has come since we looked.
                return
            key = f"album:{first.chat_id}:{first.group}"
        text, ids = cut(await self._text(members), TEXT_UNITS), [file.id for file in members]
        await answers.about_files(self.context, first.bot_id, first.chat_id, key, text, ids)
        self.speaker.lanes.wake([first.chat_id])

    async def _text(self, members: Sequence[TelegramFile]) -> str:
        say = words(members[0].locale)
        refused = [(place, file.refusal) for place, file in enumerate(members, 1) if file.refusal]
        single = len(members) == 1
        lines = [why if single else say.say("refused_one", place=place, why=why) for place, why in refused]
        accepted = [file for file in members if file.number is not None]
        return "\n".join([*([await self._accepted(accepted)] if accepted else []), *lines])

    async def _accepted(self, accepted: Sequence[TelegramFile]) -> str:
        person, attempt_id = self._person(accepted[0]), accepted[0].attempt_id
        assert attempt_id is not None
        numbers = sorted({file.number for file in accepted if file.number is not None})
        attempt = (await attempts.of_ids(person, [attempt_id]))[0]
        work = (await works.of_ids(person, [attempt.work_id]))[0] if attempt else None
        taken = max(numbers[-1], len((await photos.of_attempts(person, [attempt_id]))[0]))
        facts = {"title": work.title if work else "…", "taken": taken}
        facts["limit"] = self.runtime.settings.photos.max_count
        say = words(accepted[0].locale)
        if len(numbers) == 1:
            return say.say("photo", number=numbers[0], **facts)
        return say.say("photos", numbers=", №".join(map(str, numbers)), **facts)
