"""Values such as a real client would send, or nobody would."""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from picrete_gql.paging import encode
from picrete_gql.runtime import utc_now

# What an id of an input is about, where its name does not say it.
ABOUT = {
    "member": "membership",
    "page": "photo",
    "teacher": "account",
    "grade": "submission",
    "precheck": "submission",
    "review": "attempt",
    "invite": "course",
    "source": "bank_source",
    "item": "bank_item",
    "set": "trainer_set",
    "criteria": "criterion",
    "node": "photo",
    "student": "account",
    "telegram": "telegram_link",
    "password": "account",
}
TEXTS = ["", "вода", "18 г", "1.1", "2H2 + O2 = 2H2O", "<b>x</b>", "'--", "owner", "newcomer", "password-1", "here"]
ODD = ["\u202e", "ﬀ", "İ", "\0", "\r\n{}", "\x1b[31m", "%s", "{0}", "../../x", "😀" * 50, "х" * 5000]
MOMENTS = [timedelta(days=-400), timedelta(minutes=-5), timedelta(minutes=5), timedelta(hours=2), timedelta(days=99)]
DECIMALS = ["0", "1", "0.01", "2.50", "10", "999", "-1", "1e20", "NaN", "0.000000000000001"]
WHOLE = [1, 2, 3, 5, 10, 60, 0, -1, 200, 2**31 - 1, -(2**31)]
CURSORS = [0, -1, 1, 2**31, 2**62, "x", None, datetime(2026, 9, 1, tzinfo=UTC), "1e9", "NaN", 1.5, True, [], "0" * 32]
JSONS: list[Any] = [{}, {"n": 1}, [], "x", None, {"a": [{"b": {}}]}, {"text": "ё" * 100}]


@dataclass
class Values:
    """What there is to choose from. `files` are the variables of the files that were asked for so far."""

    ids: dict[str, list[str]]
    chance: random.Random
    files: list[str] = field(default_factory=list)

    def kind(self, name: str, owner: str) -> str:
        """Which kind of id is asked for: said by the name (`workId`), or by the root field that it stands in."""
        words = re.sub(r"(?<!^)([A-Z])", r"_\1", owner if name in ("id", "ids") else name).lower().split("_")
        for length in range(len(words), 0, -1):
            word = "_".join(words[:length])
            if word in self.ids:
                return word
        return ABOUT.get(words[0], "")

    def id(self, name: str, owner: str) -> str:
        """Mostly of the kind that is asked for, anybody's; else of another kind, broken, or of nothing."""
        dice, of = self.chance.random(), self.ids.get(self.kind(name, owner))
        if of and dice < 0.75:
            return self.chance.choice(of)
        found = self.chance.choice(self.chance.choice([ids for ids in self.ids.values() if ids]))
        if dice < 0.85:
            return found
        if dice < 0.95:
            return found[: self.chance.randrange(len(found))] + self.chance.choice("0f_-")
        return f"{found[:-32]}{self.chance.getrandbits(128):032x}"

    def text(self, name: str) -> str:
        """A cursor, a time zone, or any words."""
        if name == "after":
            return encode(self.chance.choices([*CURSORS, self.id("id", "")[-32:]], k=self.chance.randrange(1, 4)))
        if name == "timeZone":
            return self.chance.choice(["Europe/Moscow", "UTC", "../UTC", "Nowhere/Land"])
        return self.chance.choice(TEXTS if self.chance.random() < 0.8 else ODD)

    def whole(self, name: str) -> int:
        """Page sizes that fit, any counts."""
        return self.chance.choice([1, 2, 3] if name == "first" and self.chance.random() < 0.9 else WHOLE)

    def moment(self) -> str:
        """A time near now."""
        return (utc_now() + self.chance.choice(MOMENTS)).isoformat()

    def file(self) -> str:
        """A place for a file; its name."""
        self.files.append(f"file{len(self.files)}")
        return self.files[-1]
