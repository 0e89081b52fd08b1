"""Who gets in, for how long, and what ends it."""

import re

import pytest
from sqlmodel import select

from picrete_gql.models import Happening, Role, SignIn
from picrete_gql.problems import Locale
from picrete_gql.resolvers import accounts, courses, sign_ins
from picrete_gql.rules.tokens import Access, sign_access, sign_panel
from tests.admin.conftest import Opener
from tests.admin.desk import PAGES, Desk
from tests.support.house import ADMIN, PASSWORD


async def test_an_admin_signs_in_looks_and_signs_out(desk: Desk) -> None:
    browser = desk.browser()
    away = await browser.open("/admin/accounts/list")
    assert away.status_code == 303 and "/admin/login?next=" in away.headers["location"]
    entered = await browser.sign_in()
    assert entered.status_code == 303
    cookie = next(one for one in entered.headers.get_list("set-cookie") if one.startswith("picrete_admin="))
    assert {"HttpOnly", "Path=/admin", "SameSite=Strict"} <= set(cookie.split("; ")) and "Secure" not in cookie
    assert "Обзор" in (await browser.open("/admin/")).text
    left = await browser.send("/admin/logout", {})
    assert left.status_code == 303
    assert (await browser.open("/admin/")).status_code == 303
    async with desk.runtime.sessions() as session:
        events = (await session.execute(select(Happening).order_by(Happening.id.desc()).limit(2))).scalars().all()
    assert [(event.name, event.door) for event in events] == [("sign_in.ended", "admin"), ("sign_in.started", "admin")]


async def test_a_copied_cookie_is_worth_nothing_after_the_sign_out(desk: Desk) -> None:
    browser, thief = await desk.signed_in(), desk.browser()
    thief.http.cookies.set("picrete_admin", browser.http.cookies["picrete_admin"], path="/admin")
    assert (await thief.open("/admin/")).status_code == 200
    await browser.send("/admin/logout", {})
    assert (await thief.open("/admin/")).status_code == 303


@pytest.mark.parametrize("name", ["/admin/", *(f"/admin/{page}/list" for page in PAGES.split()), "/admin/picture?pk=1"])
async def test_nothing_is_open_to_guests(desk: Desk, name: str) -> None:
    assert (await desk.browser().open(name)).status_code == 303


async def test_wrong_passwords_and_people_who_are_no_admins(desk: Desk) -> None:
    await desk.world.person("pupil")
    wrong = await desk.browser().sign_in(ADMIN, "wrong-password")
    assert wrong.status_code == 401 and "Неверное имя пользователя или пароль." in wrong.text
    nobody = await desk.browser(**{"accept-language": "en"}).sign_in("nobody-of-this-name", "wrong-password")
    assert nobody.status_code == 401 and "Wrong username or password." in nobody.text
    pupil = await desk.browser().sign_in("pupil", "password-of-pupil")
    assert pupil.status_code == 403 and "На это у вас нет прав." in pupil.text
    assert "picrete_admin=" not in str(pupil.headers.get_list("set-cookie"))
    async with desk.runtime.sessions() as session:
        mine = select(SignIn).where(SignIn.account_id == desk.world.people["pupil"].id)
        assert (await session.execute(mine)).first() is None
    closed = await desk.admin("closed-boss")
    await accounts.administer(desk.world.system, closed.id, is_active=False)
    shut = await desk.browser().sign_in("closed-boss", "password-of-closed-boss")
    assert shut.status_code == 401 and "Неверное имя" in shut.text


async def test_what_was_typed_as_a_password_is_not_sent_back(desk: Desk) -> None:
    answer = await desk.browser().sign_in('"><b>', "SECRET-TYPED-password")
    assert "SECRET-TYPED" not in answer.text and '"><b>' not in answer.text and "&#34;&gt;&lt;b&gt;" in answer.text


async def test_passwords_cannot_be_tried_without_end(opener: Opener) -> None:
    async with opener(limits={"sign_in_tries": 3}) as desk:
        browser = desk.browser()
        tried = [await browser.sign_in("guessed", f"wrong-{n}") for n in range(4)]
    assert [answer.status_code for answer in tried] == [401, 401, 401, 429]
    assert int(tried[-1].headers["retry-after"]) > 0 and "Слишком часто" in tried[-1].text


async def test_a_sign_in_ends_when_it_is_idle_and_at_last(desk: Desk) -> None:
    idle, busy = await desk.signed_in(), await desk.signed_in()
    try:
        for _ in range(3):
            desk.world.clock.forward(minutes=20)
            assert (await busy.open("/admin/")).status_code == 200
        assert (await idle.open("/admin/")).status_code == 303
        for _ in range(40):
            desk.world.clock.forward(minutes=20)
            last = (await busy.open("/admin/")).status_code
            if last == 303:
                break
        assert last == 303, "eight hours are the most, however busy one is"
    finally:
        desk.world.clock.shift *= 0


async def test_demotion_closing_and_signing_out_everywhere_work_at_the_next_request(desk: Desk) -> None:
    for name in ("demoted", "shut", "left-everywhere", "new-password"):
        await desk.admin(name)
    browsers = {name: await desk.signed_in(name, f"password-of-{name}") for name in list(desk.world.people)[-4:]}
    people = desk.world.people
    await accounts.administer(desk.world.system, people["demoted"].id, is_platform_admin=False)
    await accounts.administer(desk.world.system, people["shut"].id, is_active=False)
    await sign_ins.sign_out_everywhere(desk.world.of(people["left-everywhere"]))
    await accounts.reset_password(desk.world.system, people["new-password"].id, "another-password")
    for name, browser in browsers.items():
        assert (await browser.open("/admin/accounts/list")).status_code == 303, name
        pressed = await browser.press("accounts", "close", people["shut"].id)
        assert pressed.status_code == 400 and "Войдите" in pressed.json()["msg"], name


async def test_tokens_of_the_api_and_the_cookie_of_the_panel_are_not_the_same(desk: Desk) -> None:
    now, auth = desk.runtime.now(), desk.runtime.settings.auth
    tokens = await sign_ins.sign_in(desk.world.system, ADMIN, PASSWORD)
    browser = desk.browser()
    browser.http.cookies.set("picrete_admin", tokens.access_token, path="/admin")
    assert (await browser.open("/admin/")).status_code == 303
    for forged in ("", "x", "a.b.c", sign_access(auth, tokens.account.id, tokens.account.id, now)[0]):
        browser.http.cookies.clear()
        browser.http.cookies.set("picrete_admin", forged, path="/admin")
        assert (await browser.open("/admin/")).status_code == 303
    opened = await sign_ins.enter_panel(desk.world.system, ADMIN, PASSWORD)
    value = sign_panel(auth, Access(opened.account_id, opened.id, opened.expires_at), now)
    me = await browser.http.post(
        "/graphql", json={"query": "{ me { id } }"}, headers={"authorization": f"Bearer {value}"}
    )
    assert me.json()["data"]["me"] is None


async def test_the_cookie_is_secure_where_the_public_address_is(opener: Opener) -> None:
    async with opener(http={"public_url": "https://picrete.example"}) as desk:
        browser = desk.browser()
        page = await browser.open("/admin/login")
        assert f'action="https://127.0.0.1:{desk.runtime.settings.http.port}/admin/login"' in page.text
        cookies = page.headers.get_list("set-cookie")
        assert cookies and all("Secure" in cookie.split("; ") for cookie in cookies)
        assert "strict-transport-security" in page.headers


async def test_a_sign_in_leads_back_to_the_page_and_to_no_other_site(desk: Desk) -> None:
    for asked, got in [
        ("/admin/events/list?name=work.", "/admin/events/list?name=work."),
        ("https://evil.example/", f"{desk.url}/admin/"),
        ("//evil.example/", f"{desk.url}/admin/"),
        ("javascript:alert(1)", f"{desk.url}/admin/"),
    ]:
        browser = desk.browser()
        data = {"username": ADMIN, "password": PASSWORD, "csrftoken": await browser.token()}
        answer = await browser.http.post(
            "/admin/login", params={"next": asked}, data=data, headers={"origin": desk.url}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, got)


async def test_pages_speak_the_language_of_the_person(desk: Desk) -> None:
    await desk.admin("english", Locale.EN)
    browser = await desk.signed_in("english", "password-of-english")
    for page in ["/admin/", *(f"/admin/{page}/list" for page in PAGES.split())]:
        text = (await browser.open(page)).text
        seen = re.sub(r"<(script|style)\b.*?</\1>|<tbody.*?</tbody>|<[^>]*>", " ", text, flags=re.DOTALL)
        assert not re.search("[а-яё]", seen, re.IGNORECASE), (page, re.findall("[а-яё]+", seen)[:5])
    assert "Oldest waiting job" in (await browser.open("/admin/")).text


async def test_it_can_be_switched_off(opener: Opener) -> None:
    async with opener(admin={"enabled": False}) as desk:
        assert (await desk.browser().open("/admin/")).status_code == 404
        assert (await desk.browser().open("/healthz")).status_code == 200


async def test_a_teacher_is_no_admin_however_many_courses_they_have(desk: Desk) -> None:
    course = await desk.world.course("deskless", "tutor")
    await courses.rotate_invite(await desk.world.person("tutor"), course.id, Role.STUDENT, None)
    assert (await desk.browser().sign_in("tutor", "password-of-tutor")).status_code == 403
