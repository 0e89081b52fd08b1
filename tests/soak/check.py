"""At the end: the ledgers of everybody, the database, the store and the chats, one beside the other."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import asyncpg

from picrete_gql.gateways.storage import Storage
from tests.soak.ledger import Ledger, Told
from tests.soak.site import Site
from tests.soak.students import Student
from tests.soak.teachers import Teacher
from tests.soak.watching import Watch

ONCE = ("attempt.submitted", "review.finalised", "grade.queued", "grade.proposed")


class Truth:
    """What the database says, past the product."""

    def __init__(self, site: Site, ledger: Ledger) -> None:
        self.site, self.ledger = site, ledger

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        connection = await asyncpg.connect(self.site.settings.database.url)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def check(self, teachers: Sequence[Teacher], views: Sequence[tuple[str, Watch]]) -> dict[str, int]:
        """Write everything that does not fit into the ledger. Figures for the report."""
        await self._people()
        figures = await self._papers()
        await self._events()
        figures |= await self._store()
        await self._marks()
        await self._views(views)
        for teacher in teachers:
            for work, feed in teacher.feeds:
                await self._feed(work, feed.entries)
        pupils = [pupil for teacher in teachers for pupil in (*teacher.pupils, *teacher.gone)]
        figures["photos answered twice in a chat"] = self._chats(pupils)
        figures["pages paid for twice"] = sum(count > 1 for count in self.site.ocr.files.values())
        return figures

    async def _people(self) -> None:
        found = Counter(row["username"] for row in await self.rows("SELECT username FROM account"))
        for name in self.ledger.accounts:
            if found[name] != 1:
                self.ledger.fault(f"{found[name]} accounts of {name}")
        members = await self.rows("SELECT a.username FROM membership m JOIN account a ON a.id = m.account_id")
        counted = Counter(row["username"] for row in members)
        for name in self.ledger.members:
            if counted[name] != 1:
                self.ledger.fault(f"{counted[name]} memberships of {name}")

    async def _papers(self) -> dict[str, int]:
        attempts = await self.rows(
            "SELECT t.id, t.work_id, t.status, a.username, s.id AS submission, s.status AS state, s.ocr_status"
            " FROM attempt t JOIN account a ON a.id = t.student_id LEFT JOIN submission s ON s.attempt_id = t.id"
        )
        photos = defaultdict(list)
        for row in await self.rows("SELECT * FROM photo ORDER BY attempt_id, number"):
            photos[row["attempt_id"]].append(row)
        by_person = Counter((row["work_id"], row["username"]) for row in attempts)
        for (work, name), count in by_person.items():
            if count != 1:
                self.ledger.fault(f"{count} attempts of {name} in {work}")
        known = {f"attempt_{row['id'].hex}": row for row in attempts}
        for told in self.ledger.attempts:
            row = known.get(told.attempt)
            if row is None:
                self.ledger.fault(f"the attempt {told.attempt} of {told.student} is lost")
                continue
            self._paper(told, row, photos[row["id"]])
        return {"attempts": len(attempts), "photos": sum(map(len, photos.values()))}

    def _paper(self, told: Told, row: Any, photos: Sequence[Any]) -> None:
        there = {photo["sha256"]: f"photo_{photo['id'].hex}" for photo in photos if photo["uploaded_at"]}
        for digest, id in told.photos.items():
            if there.get(digest) != id:
                self.ledger.fault(
                    f"{told.student} was told of {id} in {told.attempt}, but there is {there.get(digest)}"
                )
        for digest in told.chat_photos - there.keys():
            self.ledger.fault(f"a photo of {told.student} by chat is lost in {told.attempt}", sha256=digest)
        if extra := there.keys() - told.photos.keys() - told.chat_photos:
            self.ledger.fault(f"{len(extra)} photos too many in {told.attempt}")
        if len(there) != len([photo for photo in photos if photo["uploaded_at"]]):
            self.ledger.fault(f"the same photo twice in {told.attempt}")
        if told.submitted:
            numbers = [photo["number"] for photo in photos]
            if numbers != list(range(1, len(photos) + 1)) or any(photo["status"] != "ready" for photo in photos):
                states = [(photo["number"], photo["status"], photo["failure"]) for photo in photos]
                self.ledger.fault(f"pages of {told.attempt}: {states}")
            if row["status"] not in ("submitted", "graded", "expired") or row["submission"] is None:
                self.ledger.fault(f"{told.attempt} was handed in, but is {row['status']}")
        if told.mark is not None and row["state"] != "approved":
            self.ledger.fault(f"{told.attempt} had a mark, but is {row['state']}")

    async def _events(self) -> None:
        names: dict[str, Counter[str]] = defaultdict(Counter)
        pages: dict[str, Counter[Any]] = defaultdict(Counter)
        for row in await self.rows("SELECT name, attempt_id, photo_id FROM event WHERE attempt_id IS NOT NULL"):
            names[f"attempt_{row['attempt_id'].hex}"][row["name"]] += 1
            if row["name"] in ("photo.uploaded", "photo.read"):
                pages[row["name"]][row["photo_id"]] += 1
        for told in self.ledger.attempts:
            for name in ONCE:
                count, most = names[told.attempt][name], 1
                least = 1 if (told.mark is not None or (name == "attempt.submitted" and told.submitted)) else 0
                if not least <= count <= most:
                    self.ledger.fault(f"{name} happened {count} times in {told.attempt}")
        for name, counted in pages.items():
            for id, count in counted.items():
                if count != 1:
                    self.ledger.fault(f"{name} happened {count} times for {id}")
        running = await self.rows("SELECT count(*) AS n FROM provider_run WHERE outcome = 'running'")
        if running[0]["n"]:
            self.ledger.fault(f"{running[0]['n']} runs never ended")
        readings = await self.rows("SELECT photo_id, count(*) AS n FROM reading GROUP BY 1 HAVING count(*) > 1")
        for row in readings:
            self.ledger.fault(f"{row['n']} readings of {row['photo_id']}")

    async def _store(self) -> dict[str, int]:
        storage = Storage(self.site.settings.storage)
        try:
            stored = {found.key for found in await storage.list("", limit=1_000_000)}
        finally:
            await storage.close()
        rows = await self.rows("SELECT course_id, work_id, attempt_id, id FROM photo WHERE uploaded_at IS NOT NULL")
        wanted = {f"courses/{row['course_id']}/{row['work_id']}/{row['attempt_id']}/{row['id']}.jpg" for row in rows}
        for key in wanted - stored:
            self.ledger.fault(f"the picture {key} is lost")
        # Left behind by what was killed in between; the sweeper takes them when they are old enough.
        return {"objects": len(stored), "objects that nobody knows yet": len(stored - wanted)}

    async def _marks(self) -> None:
        rows = await self.rows(
            "SELECT s.id, s.final_points, s.status, (SELECT count(*) FROM event e WHERE e.attempt_id = s.attempt_id"
            " AND e.name IN ('grade.approved', 'grade.overridden')) AS times FROM submission s"
        )
        known = {f"submission_{row['id'].hex}": row for row in rows}
        for id, points in self.ledger.marks.items():
            row = known.get(id)
            if row is None or row["status"] != "approved" or row["times"] != 1:
                self.ledger.fault(f"the mark of {id} is not there once: {row and dict(row)}")
            elif points is not None and row["final_points"] != points:
                self.ledger.fault(f"{id} was given {points}, but has {row['final_points']}")
        for told in self.ledger.attempts:
            marks = [row for row in rows if told.mark is not None and row["final_points"] == told.mark]
            if told.mark is not None and not marks:
                self.ledger.fault(f"nobody gave the mark {told.mark} of {told.attempt}")

    async def _views(self, views: Sequence[tuple[str, Watch]]) -> None:
        """Every watcher has reached the last state; a few seconds are theirs."""
        rows = await self.rows(
            "SELECT t.id, t.status, s.status AS state, s.version, s.final_points FROM attempt t"
            " LEFT JOIN submission s ON s.attempt_id = t.id"
        )
        truth = {f"attempt_{row['id'].hex}": row for row in rows}
        late = await _until_all([(truth[id], watch) for id, watch in views if id in truth])
        for row, watch in late:
            self.ledger.fault(
                f"{watch.human.name} last saw {str(watch.last)[:300]} of attempt {row['id']}", truth=str(dict(row))
            )

    async def _feed(self, work: str, entries: Sequence[dict[str, Any]]) -> None:
        cursors = [entry["cursor"] for entry in entries]
        if len(set(cursors)) != len(cursors):
            self.ledger.fault(f"the feed of {work} told something twice")
        rows = await self.rows(
            "SELECT name, attempt_id, photo_id FROM event WHERE work_id = $1::text::uuid ORDER BY xid, id",
            work.removeprefix("work_"),
        )
        stored = [(row["name"], _named("attempt", row["attempt_id"]), _named("photo", row["photo_id"])) for row in rows]
        heard = [(entry["name"], entry["attemptId"], entry["photoId"]) for entry in entries]
        # It began while the work was already there.
        if heard and heard != stored[len(stored) - len(heard) :]:
            missing = Counter(stored[-len(heard) :]) - Counter(heard)
            self.ledger.fault(f"the feed of {work} is not what happened", missing=str(dict(missing))[:500])
        if not any(name == "attempt.submitted" for name, _, _ in heard) and any(
            row["name"] == "attempt.submitted" for row in rows
        ):
            self.ledger.fault(f"the feed of {work} has no hand-in at all")

    def _chats(self, pupils: Sequence[Student]) -> int:
        """How often the bot said the same thing twice about a photo."""
        doubled = 0
        for pupil in pupils:
            if pupil.phone is not None:
                said = Counter(
                    message.text for message in pupil.phone.heard if "№" in message.text and "принят" in message.text
                )
                doubled += sum(count - 1 for count in said.values())
        return doubled


async def _until_all(waiting: list[tuple[Any, Watch]]) -> list[tuple[Any, Watch]]:
    for _ in range(100):
        waiting = [(row, watch) for row, watch in waiting if not _fits(row, watch.last)]
        if not waiting:
            break
        await asyncio.sleep(0.2)
    return waiting


def _fits(row: Any, seen: Any) -> bool:
    if seen is None or seen["status"].lower() != row["status"]:
        return False
    submission = seen["submission"]
    if row["state"] is None or submission is None:
        return row["state"] is None and submission is None
    mark = submission["grade"] and Decimal(submission["grade"]["finalPoints"])
    return (
        submission["status"].lower() == row["state"]
        and submission["version"] == row["version"]
        and mark == row["final_points"]
    )


def _named(kind: str, id: Any) -> str | None:
    return id and f"{kind}_{id.hex}"
