"""Saying what is to be said: in order in each chat, until Telegram has taken it."""

import asyncio

import structlog

from picrete_gql.gateways.telegram import ChatGone, MessageVanished, Telegram, uninterrupted
from picrete_gql.models import TelegramAnswer
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.resolvers import telegram
from picrete_gql.resolvers import telegram_answers as answers
from picrete_gql.runtime import Runtime

from ._lanes import Lane, Lanes
from ._talk import system

log = structlog.get_logger(__name__)


class Speaker:
    """Sends pending answers. One that was sent when the process died before it was noted is sent again."""

    def __init__(self, runtime: Runtime, api: Telegram) -> None:
        self.context, self.api, self.of = system(runtime), api, runtime.settings.telegram
        self.lanes = Lanes(self._work, self.of.backoff_seconds)

    async def begin(self) -> None:
        """Go on where an earlier process stopped."""
        self.lanes.wake(await answers.waiting_chats(self.context, self.api.bot_id))

    async def _work(self, lane: Lane) -> None:
        failures = 0
        while pending := await answers.of_chat(self.context, self.api.bot_id, lane.chat_id):
            for answer in pending:
                wait = await uninterrupted(self._say(answer, failures))
                failures = failures + 1 if wait else 0
                if wait:
                    # The whole of it, whatever comes meanwhile: Telegram means it.
                    await asyncio.sleep(wait)
                    break

    async def _say(self, answer: TelegramAnswer, failures: int) -> float:
        """Seconds to wait before another try; 0 when this one is settled."""
        try:
            message_id = await self._send(answer)
        except Unavailable as problem:
            wait = problem.retry_after or min(self.of.backoff_seconds * 2.0 ** min(failures, 16), self.of.backoff_most)
            log.warning("bot.answer_waits", detail=problem.detail, seconds=wait)
            return wait
        except MessageVanished:
            await answers.send_anew(self.context, answer.id)
        except ChatGone as gone:
            log.info("bot.chat_gone", why=str(gone))
            await telegram.set_blocked(self.context, answer.chat_id, is_blocked=True)
            await answers.give_up(self.context, self.api.bot_id, answer.chat_id)
        except Refused as problem:
            log.error("bot.answer_refused", detail=problem.detail)
            await answers.give_up(self.context, self.api.bot_id, answer.chat_id, answer.id)
        else:
            await answers.sent(self.context, answer.id, answer.version, message_id)
        return 0

    async def _send(self, answer: TelegramAnswer) -> int:
        if answer.message_id is None:
            return await self.api.send(answer.chat_id, answer.text, answer.keyboard)
        await self.api.edit(answer.chat_id, answer.message_id, answer.text, answer.keyboard)
        return answer.message_id
