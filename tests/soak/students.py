"""Students: they join, write, send pages in three ways, proofread, and wait for the mark."""

import random
import time
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from picrete_gql.commands.client import Refused
from picrete_gql.local.telegram import NotHeard, Person
from tests import images
from tests.soak.ledger import Told
from tests.soak.people import GaveUp, Human, done_if
from tests.soak.watching import Watch

STATE = """subscription($id: ID!) { attemptChanged(id: $id) { status
  photos { id number status review { verdict } reading { blocks { id } } }
  submission { id status ocrStatus precheckStatus version grade { finalPoints } } } }"""
PAGES = [images.page(f"soak-{n}", (200, 260)) for n in range(8)]
CHAT_SECONDS = 120.0


def page(chance: random.Random) -> bytes:
    """A page that nobody else sends: with a few squares of its own."""
    made = chance.choice(PAGES).copy()
    for n, bit in enumerate(f"{uuid4().int:0128b}"):
        made.paste("black" if bit == "1" else "white", (n % 32 * 6, n // 32 * 6, n % 32 * 6 + 6, n // 32 * 6 + 6))
    return images.jpeg(made, quality=80)


@dataclass
class Student(Human):
    """One student, perhaps with a phone."""

    phone: Person | None = None

    async def settle(self, code: str) -> None:
        """Make an account, join, link the phone."""
        me = await self.register()
        await self.join(code)
        if self.phone is not None:
            made = await self.do("telegramLinkCodeCreate", "linkCode { code }", accountId=me)
            self.phone.text(f"/start {made['linkCode']['code']}")
            await self.hears("вы вошли как")

    async def hears(self, *words: str) -> Any:
        """Wait for the bot. Raises GaveUp."""
        assert self.phone is not None
        begin = time.monotonic()
        try:
            found = await self.phone.hears(*words, seconds=CHAT_SECONDS)
        except NotHeard as error:
            self.ledger.fault(f"the bot never said {words} to {self.name}", heard=str(error)[-300:])
            raise GaveUp("bot") from error
        self.ledger.did("telegram", begin)
        return found

    async def write(self, work: str, title: str) -> Watch:
        """One work from its start to its mark. The watcher goes on looking."""
        started = await self.do("attemptStart", "attempt { id }", workId=work)
        told = Told(self.name, work, str(started["attempt"]["id"]))
        self.ledger.attempts.append(told)
        watch = Watch(self, STATE, stream=self.chance.random() < 0.4, id=told.attempt)
        try:
            await self._pages(told, title)
            await self.do("attemptSubmit", "attempt { id }", id=told.attempt)
            told.submitted = True
            await self._proofread(told, watch)
            marked = await watch.until(lambda a: (a["submission"] or {}).get("grade"), f"a mark of {told.attempt}")
            told.mark = Decimal(marked["submission"]["grade"]["finalPoints"])
            self.ledger.done["attempts from start to mark"] += 1
        except GaveUp:
            pass
        except Refused as refused:
            self.ledger.fault(f"{self.name} was refused: {refused.code} {refused}", attempt=told.attempt)
        return watch

    async def _pages(self, told: Told, title: str) -> None:
        for _ in range(self.chance.choice((1, 2, 2, 3))):
            await self.think()
            body = page(self.chance)
            if self.phone is not None and self.chance.random() < 0.6:
                await self._by_chat(told, title, body)
            elif self.chance.random() < 0.4:
                await self._presigned(told, body)
            else:
                await self._upload(told, body)
        if self.chance.random() < 0.3:
            with suppress(Refused):
                await self.do("attemptSave", "attempt { id }", id=told.attempt, draft={"text": "черновик"})
        if self.chance.random() < 0.2 and len(told.photos) > 1:
            _, id = told.photos.popitem()
            await self.do("photoDelete", "attempt { id }", done_if("NOT_FOUND"), id=id)

    async def _upload(self, told: Told, body: bytes) -> None:
        given = {"attemptId": told.attempt}
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            # Twice the same is one photo.
            sent = await self.sure(
                "photoUpload", lambda: self.client.send("photoUpload", given, "page.jpg", body, "photo { id }")
            )
            told.photos[sha256(body).hexdigest()] = sent["photo"]["id"]

    async def _presigned(self, told: Told, body: bytes) -> None:
        ticket = await self.do("photoUploadBegin", "photo { id } putUrl", attemptId=told.attempt, filename="page.jpg")
        id, url = ticket["photo"]["id"], ticket["putUrl"]

        async def put() -> None:
            (await self.client.http.put(url, content=body)).raise_for_status()

        await self.sure("put", put)
        confirmed = await self.do("photoUploadConfirm", "photo { id }", id=id)
        told.photos[sha256(body).hexdigest()] = confirmed["photo"]["id"]

    async def _by_chat(self, told: Told, title: str, body: bytes) -> None:
        assert self.phone is not None
        self.phone.text("/works")
        listed = await self.hears(title)
        if len(listed.buttons) > 0:
            self.phone.press(title, listed)
            await self.hears("Выбрано", title)
        if self.chance.random() < 0.5:
            self.phone.photo(body)
        else:
            self.phone.document(body)
        await self.hears(title, "№", "принят")
        told.chat_photos.add(sha256(body).hexdigest())

    async def _proofread(self, told: Told, watch: Watch) -> None:
        ready = await watch.until(_is_read, f"the reading of {told.attempt}")
        issues = 0
        for photo in ready["photos"]:
            await self.think(0.6)
            if photo["reading"]["blocks"] and self.chance.random() < 0.2:
                issue = {"blockId": photo["reading"]["blocks"][0]["id"], "suggestion": "2H2 + O2 = 2H2O"}
                await self.do("pageReport", "photo { id }", id=photo["id"], issues=[issue])
                issues += 1
            else:
                await self.do("pageApprove", "photo { id }", id=photo["id"])
        decision = {"decision": "REPORT", "summary": "Прочитано с ошибками"} if issues else {"decision": "SUBMIT"}
        finalised = {"attemptId": told.attempt, **decision}
        await self.do("reviewFinalise", "submission { id }", done_if("CONFLICT"), **finalised)
        told.finalised = True


def _is_read(attempt: Any) -> bool:
    # The parts of one frame are read one after the other: a submission may be a moment ahead of its pages.
    in_review = (attempt["submission"] or {}).get("ocrStatus") == "IN_REVIEW"
    return in_review and all(photo["reading"] for photo in attempt["photos"])
