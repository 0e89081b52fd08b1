"""Forms that another site could send, headers that keep pages from being used by others, and bad input."""

import re
import subprocess
import sys

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import select

from picrete_gql.models import Account
from tests.admin.conftest import Opener
from tests.admin.desk import PAGES, Desk

NEW = {"username": "forged", "password": "password-of-forged", "full_name": "Forged", "locale": "ru"}


async def exists(desk: Desk) -> bool:
    """Whether a forged form made its account."""
    async with desk.runtime.sessions() as session:
        return (await session.execute(select(Account).where(Account.username == "forged"))).first() is not None


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"csrftoken": ""}, {}, 403),
        ({"csrftoken": "0" * 64}, {}, 403),
        ({"csrftoken": "ключ"}, {}, 403),
        ({}, {"origin": "https://evil.example"}, 403),
        ({}, {"origin": "null"}, 403),
        ({}, {"origin": ""}, 403),
        ({}, {"origin": "http://127.0.0.1"}, 403),
        ({}, {"sec-fetch-site": "cross-site"}, 403),
        ({}, {"sec-fetch-site": "same-site"}, 403),
        ({}, {"content-type": "text/plain"}, 403),
        ({}, {"content-type": "multipart/form-data; boundary=x"}, 400),
    ],
)
async def test_forms_of_others_change_nothing(
    desk: Desk, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    browser = await desk.signed_in()
    answer = await browser.send("/admin/accounts/create", {**NEW, **form}, **headers)
    assert answer.status_code == status
    assert "picrete_admin" not in answer.text and not await exists(desk)


async def test_a_token_fits_one_sign_in_only(desk: Desk) -> None:
    mine, other, guest = await desk.signed_in(), await desk.signed_in(), desk.browser()
    for token in [await other.token("/admin/"), await guest.token()]:
        assert token and token != await mine.token("/admin/")
        answer = await mine.send("/admin/accounts/create", {**NEW, "csrftoken": token})
        assert answer.status_code == 403 and not await exists(desk)


async def test_a_form_that_was_open_when_the_key_changed_is_taken(desk: Desk) -> None:
    mine, guest = await desk.signed_in(), desk.browser()
    open_form, sign_in_form = await mine.token("/admin/"), await guest.token()
    auth = desk.runtime.settings.auth
    old, new = auth.secret_key, SecretStr("another-key-of-the-tests-that-is-long-enough")
    try:
        auth.secret_key, auth.previous_keys = new, [old]
        assert await mine.token("/admin/") not in ("", open_form)
        answer = await mine.send("/admin/accounts/create", {**NEW, "csrftoken": open_form})
        assert answer.status_code == 303 and await exists(desk)
        data = {"username": "admin", "password": "wrong", "csrftoken": sign_in_form}
        answer = await guest.http.post("/admin/login", data=data, headers={"origin": desk.url})
        assert answer.status_code != 403
        auth.previous_keys = []
        answer = await mine.send("/admin/accounts/create", {**NEW, "username": "late", "csrftoken": open_form})
        assert answer.status_code == 403 or "/login" in answer.headers["location"]
    finally:
        auth.secret_key, auth.previous_keys = old, []


async def test_a_sign_in_cannot_be_forged_either(desk: Desk) -> None:
    browser = desk.browser()
    data = {"username": "admin", "password": "admin-password"}
    bare = await browser.http.post("/admin/login", data=data, headers={"origin": desk.url})
    assert bare.status_code == 403
    token = await browser.token()
    foreign = await browser.http.post(
        "/admin/login", data={**data, "csrftoken": token}, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    browser.http.cookies.clear()
    stolen = await browser.http.post("/admin/login", data={**data, "csrftoken": token}, headers={"origin": desk.url})
    assert stolen.status_code == 403


async def test_buttons_need_the_token_too(desk: Desk) -> None:
    browser, person = await desk.signed_in(), (await desk.world.person("pressed")).actor.account_id
    road = "/admin/_api/accounts/row-action"
    for headers in ({}, {"x-csrftoken": "x"}, {"origin": "https://evil.example"}):
        given = {"origin": desk.url, **headers}
        answer = await browser.http.post(road, params={"name": "close", "pk": str(person)}, headers=given)
        assert answer.status_code == 400 and answer.json()["msg"]
    assert (await browser.http.get(road, params={"name": "close", "pk": str(person)})).status_code == 405
    async with desk.runtime.sessions() as session:
        account = await session.get(Account, person)
        assert account is not None and account.is_active


async def test_looking_changes_nothing(desk: Desk) -> None:
    browser = await desk.signed_in()
    for path in ("/admin/logout", "/admin/_api/accounts/action", "/admin/_api/accounts/row-action"):
        assert (await browser.open(path, name="close", pk="1")).status_code == 405
    assert (await browser.open("/admin/")).status_code == 200
    for road in ("import", "relation-lookup", "inline-edit", "inline-edit/row"):
        assert (await browser.open(f"/admin/_api/accounts/{road}")).status_code == 404
    assert (await browser.open("/admin/_files/local/x")).status_code == 404


async def test_pages_cannot_be_framed_and_run_only_our_scripts(desk: Desk) -> None:
    browser = await desk.signed_in()
    nonces = set()
    paths = ["/admin/login", "/admin/", "/admin/accounts/create", "/admin/nowhere", "/admin/nowhere/list"]
    for path in [*paths, *(f"/admin/{page}/list" for page in PAGES.split())]:
        answer = await browser.open(path)
        policy = answer.headers["content-security-policy"]
        nonce = re.search(r"script-src 'nonce-([^']+)';", policy)
        assert nonce is not None and "frame-ancestors 'none'" in policy and "unsafe-inline'; img" in policy
        nonces.add(nonce[1])
        assert answer.headers["x-frame-options"] == "DENY" and answer.headers["cache-control"] == "no-store"
        scripts = re.findall(r"<(?:script|style)\b[^>]*>", answer.text)
        assert all(f'nonce="{nonce[1]}"' in script for script in scripts), scripts
        assert not re.search(r"<[^>]*\son[a-z]+=", answer.text), "a handler in an attribute"
        assert not re.findall(r'(?:src|href)="(?!/|#|http://127\.0\.0\.1)[^"]*"', answer.text), "another server"
        assert not re.findall(r"url\(['\"]?https?:", answer.text)
    assert len(nonces) > 15


async def test_what_pages_load_is_there(desk: Desk) -> None:
    browser, loaded = await desk.signed_in(), set[str]()
    for path in ("/admin/", "/admin/accounts/list", "/admin/accounts/create", "/admin/events/list"):
        loaded |= set(re.findall(r'(?:src|href)="([^"]*/admin/static/[^"]*)"', (await browser.open(path)).text))
    assert any("panel.js" in one for one in loaded) and any("fontawesome" in one for one in loaded)
    for one in loaded:
        assert (await browser.open(one.replace("&amp;", "&"))).status_code == 200, one


async def test_a_form_may_not_grow_without_end(opener: Opener) -> None:
    async with opener(admin={"form_bytes": 10_000}) as desk:
        browser = await desk.signed_in()
        large = await browser.send("/admin/accounts/create", {**NEW, "full_name": "x" * 20_000})
        assert large.status_code == 413
        many = await browser.send("/admin/accounts/create", {**NEW, **{f"f{n}": "1" for n in range(300)}})
        assert many.status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-5"},
        {"page": "abc"},
        {"page": "9" * 30},
        {"page": "9" * 5000},
        {"q": "'; DROP TABLE account; --"},
        {"q": "%_\\"},
        {"q": "\0"},
        {"q": "x" * 5000},
        {"q": "🧪"},
        {"sort": "password_hash__asc"},
        {"sort": "id; DROP TABLE account__asc"},
        {"cols": "password_hash,id"},
        {"since": "2026-01-01T00:00", "until": "9999-12-31T23:59"},
        {"name": "' OR 1=1 --", "actor": "' OR 1=1 --", "course": "\0", "kind": "'", "status": "x", "person": "%"},
        {"active": "perhaps", "dead": "x"},
    ],
)
async def test_odd_addresses_are_answered(desk: Desk, query: dict[str, str]) -> None:
    browser = await desk.signed_in()
    everywhere = "q" in query or "since" in query
    for page in PAGES.split() if everywhere else ("accounts", "events", "waiting"):
        answer = await browser.open(f"/admin/{page}/list", **query)
        assert answer.status_code == 200, (page, answer.text[:300])


@pytest.mark.parametrize(
    "query",
    [{"since": "yesterday"}, {"until": "0001-01-01T00:00"}, {"page_size": "100000"}, {"filter": "password_hash:eq:x"}],
)
async def test_what_cannot_be_understood_is_said(desk: Desk, query: dict[str, str]) -> None:
    browser = await desk.signed_in()
    answer = await browser.open("/admin/accounts/list", **query)
    assert answer.status_code == 400 and "Traceback" not in answer.text


@pytest.mark.parametrize("pk", ["", "1", "x", "0" * 32, "9" * 30, "\0", "' OR 1=1", "account_x"])
async def test_rows_that_are_not_there(desk: Desk, pk: str) -> None:
    browser = await desk.signed_in()
    for page in ("accounts", "events", "waiting"):
        found = await browser.open(f"/admin/{page}/detail", pk=pk)
        assert found.status_code == (200 if (page, pk) == ("events", "1") else 404), page
        # A button about nothing says so, or that there is no such button.
        pressed = await browser.press(page, "close", pk)
        assert pressed.status_code == 400 and pressed.json()["msg"]
    assert (await browser.open("/admin/picture", pk=pk)).status_code == 404


async def test_the_road_to_our_files_leads_nowhere_else(desk: Desk) -> None:
    guest = desk.browser()
    for path in ("list", "detail", "../accounts/list", "%2e%2e/accounts/list", "..%2faccounts/list", "/accounts/list"):
        for method in ("GET", "POST"):
            answer = await guest.http.request(method, f"/admin/static/{path}", follow_redirects=True)
            assert answer.status_code in (200, 403, 404, 405), path
            assert "Пользователи" not in answer.text and 'data-sa-href="' not in answer.text
    for path in ("/admin//accounts/list", "/admin/./accounts/list", "/ADMIN/accounts/list", "/admin/accounts/list/"):
        assert "data-sa-href" not in (await guest.http.get(path, follow_redirects=True)).text


async def test_a_fault_says_nothing_but_its_request(desk: Desk) -> None:
    browser = await desk.signed_in()
    async with desk.runtime.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE bank_source RENAME TO somewhere_else"))
    try:
        for path in ("/admin/sources/list", "/admin/sources/detail?pk=0190f3aa-0000-7000-8000-000000000000"):
            answer = await browser.open(path)
            assert answer.status_code == 500
            assert answer.text == f"Что-то пошло не так. Запрос {answer.headers['x-request-id']}"
            assert "frame-ancestors" in answer.headers["content-security-policy"]
    finally:
        async with desk.runtime.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE somewhere_else RENAME TO bank_source"))


def test_what_is_off_is_not_imported() -> None:
    code = "import picrete_gql.main, sys; sys.exit('starlette_admin' in sys.modules or 'babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
