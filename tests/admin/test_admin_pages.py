"""Every page of every row: data that is meant to break out of it, and secrets that must not be in it."""

import html
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Enum, String, text
from sqlmodel import AutoString, select

from picrete_gql.models import METADATA, Account, RefreshToken, TelegramCode
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import keyed_hash
from picrete_gql.settings import Settings
from tests.admin.conftest import changed
from tests.admin.desk import PAGES, Browser, Desk, open_desk
from tests.schema import campus as places
from tests.support.house import PASSWORD

# Short, for the shortest columns; neither our pages nor the library's have such a tag.
HOSTILE = "<q>\"'&{{7*7}}"
ROOT = "root"
# Pages of rows of one list that a walk opens.
MOST = 8
SINGLE = {"username", "slug", "key", "code_hash", "token_hash", "sha256", "number", "paragraph", "topic"}
KEPT = {"password_hash"}
NEVER = ("SECRET-HASHED", "SECRET-RAW", "SECRET-HASH", "SECRET-EXPECTED", "argon2")


@pytest.fixture(scope="module")
async def full(desk_settings: Settings) -> AsyncIterator[Desk]:
    """A desk over a campus full of people and papers."""
    # The campus has an `admin` of its own.
    async with open_desk(changed(desk_settings, auth={"bootstrap_username": ROOT})) as opened:
        made = await places.build(opened.runtime)
        auth = opened.runtime.settings.auth
        async with opened.runtime.sessions() as session:
            about = made.people["owner"].account.id
            ends = opened.runtime.now()
            code = TelegramCode(account_id=about, code_hash=keyed_hash(auth, "x"), created_at=ends, expires_at=ends)
            session.add(code)
            await session.commit()
        await sign_ins.sign_in(opened.world.system, ROOT, PASSWORD)
        yield opened


async def walk(browser: Browser) -> AsyncIterator[tuple[str, str]]:
    """Every list, and every row's page, as text; and forms of what can be changed."""
    for page in PAGES.split():
        listed = await browser.open(f"/admin/{page}/list", page_size=100)
        assert listed.status_code == 200, page
        yield f"{page}/list", listed.text
        rows = [html.unescape(found) for found in re.findall(r'data-sa-href="([^"]*)"', listed.text)]
        assert rows or page in ("waiting",), page
        for row in rows[:MOST]:
            shown = await browser.open(row)
            assert shown.status_code == 200, row
            yield row, shown.text
        if page in ("accounts", "courses", "members", "works"):
            edit = await browser.open(rows[0].replace("/detail", "/edit"))
            assert edit.status_code == 200
            yield f"{page}/edit", edit.text
    yield "overview", (await browser.open("/admin/")).text


async def test_no_secret_is_on_any_page(full: Desk) -> None:
    async with full.runtime.sessions() as session:
        hashes = [one.token_hash for one in (await session.execute(select(RefreshToken))).scalars()]
        hashes += [one.code_hash for one in (await session.execute(select(TelegramCode))).scalars()]
        hashes += list((await session.execute(text("SELECT code_hash FROM invite_code"))).scalars())
        hashes += list((await session.execute(select(Account.password_hash))).scalars())
    assert len(hashes) > 10
    browser, seen = await full.signed_in(ROOT), ""
    async for where, page in walk(browser):
        found = [word for word in [*NEVER, *hashes] if word in page]
        assert not found, (where, found)
        seen += page
    # The walk has really been where the secrets are.
    for word in ("PRIVATE-owner-name", "SECRET-MODEL", "MARK-feedback", "SECRET-BANK-ANSWER", "SECRET-EVENT"):
        assert word in seen, word


@pytest.mark.parametrize("word", ["SECRET-HASHED", "$argon2id", "SECRET-RAW", "SECRET-HASH"])
async def test_secrets_cannot_be_searched_for(full: Desk, word: str) -> None:
    browser = await full.signed_in(ROOT)
    for page in PAGES.split():
        assert not re.findall("data-sa-href=", (await browser.open(f"/admin/{page}/list", q=word)).text), page


async def test_lists_are_found_sorted_and_turned_over(full: Desk) -> None:
    browser = await full.signed_in(ROOT)

    async def names(**query: str) -> list[str]:
        page = (await browser.open("/admin/accounts/list", **query)).text
        return re.findall(r'data-column="username"[^<]*<span[^>]*?title="([^"]*)"', page, re.DOTALL)

    everybody = await names(page_size="100")
    assert len(everybody) == 18 and await names(sort="username__asc") == sorted(everybody)
    assert await names(sort="username__desc") == sorted(everybody, reverse=True)
    assert set(await names(q="owner")) == {"owner"} and await names(q="nobody-like-this") == []
    assert set(await names(q="PRIVATE-TEACHER-name")) == {"teacher"}, "without regard to case"
    assert set(await names(admin="yes")) == {ROOT, "admin", "second_admin", "inactive_admin"}
    assert "inactive_admin" in await names(admin="yes", active="no")
    assert await names(page="2") == [] and await names(since="2100-01-01T00:00") == []


async def test_events_are_filtered_by_name_actor_course_and_time(full: Desk) -> None:
    browser = await full.signed_in(ROOT)

    async def events(**query: str) -> int:
        page = (await browser.open("/admin/events/list", **query)).text
        return len(re.findall("data-sa-href=", page))

    assert await events(name="attempt.") == 7 and await events(name="ttempt") == 0
    assert await events(actor="owner") == 1 and await events(actor="OWNER") == 1 and await events(actor="teacher") == 0
    assert await events(course="here", name="attempt.started") == 5
    assert await events(course="there") == 1 and await events(course="nowhere") == 0
    assert await events(door="admin") > 0 and await events(until="2020-01-01T00:00") == 0


async def spoil(desk: Desk) -> None:
    """Put the hostile text into every column of the database that may hold it."""
    async with desk.runtime.sessions() as session:
        for table in METADATA.sorted_tables:
            for column in table.columns:
                if not isinstance(column.type, (String, AutoString)) or isinstance(column.type, Enum):
                    continue
                length = getattr(column.type, "length", None)
                long_enough = length is None or length >= len(HOSTILE) + 8
                if not long_enough or column.computed is not None or column.name in KEPT:
                    continue
                tail = " || left(md5(random()::text), 8)" if column.name in SINGLE else ""
                change = f'UPDATE "{table.name}" SET "{column.name}" = :text{tail}'
                await session.execute(text(change), {"text": HOSTILE})
        await session.execute(text("UPDATE event SET data = jsonb_build_object(:h ::text, :h ::text)"), {"h": HOSTILE})
        value = "UPDATE membership SET identity = jsonb_build_object('value', :h ::text)"
        await session.execute(text(value), {"h": HOSTILE})
        await session.commit()


async def test_data_never_becomes_html(full: Desk) -> None:
    browser = await full.signed_in(ROOT)
    await spoil(full)
    escaped = html.escape(HOSTILE).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    told = set[str]()
    async for where, page in walk(browser):
        assert "<q>" not in page, where
        if escaped in page:
            told.add(where.rsplit("/", 1)[0].rsplit("/", 1)[-1])
    assert told >= set(PAGES.split()), "the hostile text has been everywhere"
