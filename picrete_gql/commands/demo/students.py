"""What a student does, through the public API only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from picrete_gql.commands.client import Client, Socket
from picrete_gql.commands.demo import documents, proofreading
from picrete_gql.commands.demo.failed import expect
from picrete_gql.commands.demo.screen import Screen
from picrete_gql.commands.demo.watch import State, Watch
from picrete_gql.commands.examples import Picture, upright_size

PHOTO = "id number mime width height status"


@dataclass
class Student:
    """One of them, with what they know: their attempt, the variants they drew, which picture became which photo."""

    name: str
    client: Client
    screen: Screen
    attempt: str = ""
    variants: dict[int, int] = field(default_factory=dict)
    sent: dict[str, Picture] = field(default_factory=dict)
    corrected: int = 0
    view: Watch | None = None

    @property
    def watch(self) -> Watch:
        """The live view of the own attempt."""
        assert self.view is not None
        return self.view

    async def join(self, code: str) -> None:
        """Join the course by its invite code."""
        joined = await self.client.do("courseJoin", "membership { status roles }", {"code": code})
        expect(
            joined["membership"] == {"status": "ACTIVE", "roles": ["STUDENT"]}, f"{self.name} is no student: {joined}"
        )

    async def begin(self, work: str, socket: Socket) -> None:
        """Begin the work, look at the own variants, and watch the attempt live."""
        begun = await self.client.do("attemptStart", "attempt { id status }", {"workId": work})
        self.attempt = begun["attempt"]["id"]
        again = await self.client.do("attemptStart", "attempt { id }", {"workId": work})
        expect(again["attempt"]["id"] == self.attempt, "starting twice gave two attempts")
        paper = (await self.client.run(documents.PAPER, id=self.attempt))["attempt"]["tasks"]
        expect(all(one["variant"]["reference"] is None for one in paper), f"{self.name} can see a reference answer")
        self.variants = {one["number"]: one["variant"]["number"] for one in paper}
        self.view = Watch(socket.watch(documents.ATTEMPT_LIVE, id=self.attempt), self._saw)
        await self.watch.until(lambda state: state["status"] == "ACTIVE", f"{self.name}'s attempt to be open")
        drew = ", ".join(f"task {task} variant {variant}" for task, variant in self.variants.items())
        self.screen.step(self.name, f"started: {drew}")

    async def upload(self, picture: Picture) -> None:
        """Send a photo by a GraphQL multipart upload."""
        photo = await self.client.upload(self.attempt, picture.path.name, picture.body, PHOTO)
        self._arrived(photo, picture, f"uploaded {picture.path.name}")

    async def upload_presigned(self, picture: Picture) -> None:
        """PUT a photo straight to the object store, at a signed address, and confirm it."""
        given = {"attemptId": self.attempt, "filename": picture.path.name}
        begun = await self.client.do("photoUploadBegin", "putUrl photo { id status }", given)
        expect(begun["photo"]["status"] == "UPLOADING", f"a reserved photo is {begun['photo']['status']}")
        put = await self.client.http.put(begun["putUrl"], content=picture.body)
        expect(put.is_success, f"the object store answered the PUT with {put.status_code}: {put.text[:200]}")
        confirm = {"id": begun["photo"]["id"]}
        photo = (await self.client.do("photoUploadConfirm", f"photo {{ {PHOTO} }}", confirm))["photo"]
        self._arrived(photo, picture, f"PUT {picture.path.name} to the object store and confirmed it")

    async def received(self, pictures: Sequence[Picture]) -> None:
        """Photos that came by Telegram, in the order in which they were sent, as the live view shows them."""
        state = await self.watch.until(
            lambda state: sum(photo["status"] != "UPLOADING" for photo in state["photos"]) == len(pictures),
            f"{self.name}'s photos from Telegram",
        )
        for photo, picture in zip(state["photos"], pictures, strict=True):
            expect(photo["uploadSource"] == "TELEGRAM", f"a photo sent in Telegram came by {photo['uploadSource']}")
            self._arrived(photo, picture, f"sent {picture.path.name} to the Telegram bot")

    async def submit(self) -> None:
        """Hand in; handing in twice is answered the same."""
        for _ in range(2):
            done = await self.client.do("attemptSubmit", "attempt { status }", {"id": self.attempt})
            expect(done["attempt"]["status"] == "SUBMITTED", f"after submitting the attempt is {done}")
        self.screen.step(self.name, "handed in")

    async def read(self) -> bool:
        """Wait, by the live view, until the reading has ended: False when a page could not be read."""
        state = await self.watch.until(
            lambda state: (state["submission"] or {}).get("ocrStatus") in ("IN_REVIEW", "FAILED"),
            f"{self.name}'s pages to be read",
        )
        done = bool(state["submission"]["ocrStatus"] == "IN_REVIEW")
        expect(not done or all(photo["reading"] for photo in state["photos"]), "a page is read but has no reading")
        return done

    async def review(self, *, insist: bool = False) -> None:
        """Compare every page with the paper: approve it, or report the lines that differ; then finalise.

        With `insist` something is reported even if an engine should read everything rightly.
        """
        pages = (await self.client.run(documents.PAGES, id=self.attempt))["attempt"]["photos"]
        for page in pages:
            wrong = proofreading.issues(self.sent[page["id"]].lines, page["reading"]["blocks"])
            if insist and page is pages[-1] and not wrong and not self.corrected:
                wrong = [{"blockId": page["reading"]["blocks"][-1]["id"], "note": "Проверьте, пожалуйста, эту строку."}]
            if wrong:
                await self._report(page, wrong)
                self.corrected += len(wrong)
            else:
                read = await self.client.do("pageApprove", "photo { review { verdict } }", {"id": page["id"]})
                expect(read["photo"]["review"]["verdict"] == "APPROVED", f"the approved page is {read}")
                self.screen.step(self.name, f"compared page {page['number']} with the paper: read rightly")
        await self._finalise()

    async def result(self) -> State:
        """The own submission as the student sees it."""
        found = await self.client.run(documents.OWN_RESULT, id=self.attempt)
        submission: State = found["attempt"]["submission"]
        return submission

    async def _report(self, page: State, wrong: Sequence[dict[str, Any]]) -> None:
        given = {"id": page["id"], "issues": wrong}
        said = await self.client.do("pageReport", "photo { review { verdict } issues { suggestion } }", given)
        kept = said["photo"]
        expect(kept["review"]["verdict"] == "REPORTED" and len(kept["issues"]) == len(wrong), f"not kept: {kept}")
        first = max(wrong, key=lambda issue: issue.get("severity") == "CRITICAL")
        example = first.get("note") or f"«{first.get('original', '')}» → «{first['suggestion']}»"
        lines = "1 line" if len(wrong) == 1 else f"{len(wrong)} lines"
        self.screen.step(self.name, f"corrected page {page['number']} ({lines}): {example}")

    async def _finalise(self) -> None:
        decision = {"decision": "REPORT", "summary": "Исправлены неверно прочитанные строки."}
        given = {"attemptId": self.attempt, **(decision if self.corrected else {"decision": "SUBMIT"})}
        done = await self.client.do("reviewFinalise", "submission { status ocrStatus }", given)
        wanted = "REPORTED" if self.corrected else "VALIDATED"
        expect(done["submission"]["ocrStatus"] == wanted, f"after the review the reading is {done['submission']}")
        self.screen.step(self.name, f"finalised the review ({given['decision']})")

    def _arrived(self, photo: State, picture: Picture, did: str) -> None:
        self.sent[photo["id"]] = picture
        size = (photo["width"], photo["height"])
        expect(photo["mime"] == "image/jpeg", f"a stored photo is {photo['mime']}")
        wanted = upright_size(picture.body)
        expect(size == wanted, f"{picture.path.name} is stored as {size}, upright it is {wanted}")
        turned = f", turned upright (EXIF {picture.orientation})" if picture.orientation != 1 else ""
        self.screen.step(self.name, f"{did} → photo {photo['number']}, {size[0]}×{size[1]}{turned}")

    def _saw(self, state: State) -> None:
        """Say when a page turns out to be read, as the live view shows it."""
        earlier = self.watch.states[-2]["photos"] if len(self.watch.states) > 1 else []
        known = {photo["id"] for photo in earlier if photo["status"] == "READY"}
        for photo in state["photos"]:
            if photo["status"] == "READY" and photo["id"] not in known and photo["reading"]:
                read = photo["reading"]
                sure = f"{read['quality']:.0%} sure" if read["quality"] is not None else "without a confidence"
                lines = f"{len(read['blocks'])} blocks"
                self.screen.saw(self.name, f"sees page {photo['number']} read by {read['engine']}: {lines}, {sure}")
