"""What the panel changes goes through the resolvers: their rules refuse, and their events say who did it and where."""

import html
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import select

from picrete_gql.models import Account, Course, Happening, Membership, MemberStatus, Submission, Work, WorkStatus
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts, members, sign_ins, works
from tests.admin.conftest import Opener
from tests.admin.desk import Browser, Desk
from tests.support.house import ADMIN

DAY = timedelta(days=1)


async def last(desk: Desk) -> Happening:
    """The latest event."""
    async with desk.runtime.sessions() as session:
        return (await session.execute(select(Happening).order_by(Happening.id.desc()).limit(1))).scalar_one()


async def stored(desk: Desk, model: Any, id: UUID) -> Any:
    """A row as it is now."""
    async with desk.runtime.sessions() as session:
        return await session.get(model, id)


async def said(desk: Desk, name: str, by: str = ADMIN) -> None:
    """The latest event has this name, and the panel and its user stand in it."""
    event = await last(desk)
    async with desk.runtime.sessions() as session:
        actor = (await session.execute(select(Account.id).where(Account.username == by))).scalar_one()
    assert (event.name, event.door, event.actor_id) == (name, "admin", actor)


async def edit(browser: Browser, page: str, pk: UUID, **changes: Any) -> Any:
    """Send the form of a row, as it stands on its page but for the changes."""
    form = (await browser.open(f"/admin/{page}/edit", pk=str(pk))).text
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form, re.DOTALL):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in found and found.get("type") != "hidden":
            data[found["name"]] = html.unescape(found.get("value", ""))
    for name, inside in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        data[name] = html.unescape(inside).strip()
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        data[name] = re.findall(r'<option value="(\w+)"\s+selected', options)
    return await browser.send(f"/admin/{page}/edit?pk={pk}", {**data, **changes})


async def test_an_account_is_made_changed_closed_and_promoted(desk: Desk) -> None:
    browser = await desk.signed_in()
    new = {"username": "made.here", "password": "password-of-made", "full_name": "Иван", "locale": "en"}
    made = await browser.send("/admin/accounts/create", new)
    assert made.status_code == 303, made.text
    await said(desk, "account.created")
    id = (await last(desk)).account_id
    assert id is not None and (await sign_ins.sign_in(desk.world.system, "made.here", "password-of-made"))
    assert (await edit(browser, "accounts", id, full_name="Иван Петров", locale="ru")).status_code == 303
    await said(desk, "account.changed")
    account = await stored(desk, Account, id)
    assert (account.full_name, account.locale) == ("Иван Петров", Locale.RU)
    for button, name, value in [
        ("promote", "is_platform_admin", True),
        ("demote", "is_platform_admin", False),
        ("close", "is_active", False),
        ("reopen", "is_active", True),
    ]:
        pressed = await browser.press("accounts", button, id)
        assert pressed.status_code == 200 and getattr(await stored(desk, Account, id), name) is value
        await said(desk, "account.changed")
    assert "Сделано." in (await browser.open("/admin/accounts/list")).text


async def test_a_lost_password_is_replaced_and_sign_ins_are_ended(desk: Desk) -> None:
    browser, person = await desk.signed_in(), await desk.world.person("forgetful")
    id = person.actor.account_id
    opened = await sign_ins.sign_in(desk.world.system, "forgetful", "password-of-forgetful")
    short = await browser.press("accounts", "reset_password", id, password="short")
    assert short.status_code == 400 and "от 8 до 200" in short.json()["msg"]
    assert (await browser.press("accounts", "reset_password", id, password="a-new-password")).status_code == 200
    await said(desk, "account.changed")
    assert (await last(desk)).data == {"what": "password"}
    assert await sign_ins.rotate(desk.world.system, opened.refresh_token) is None
    again = await sign_ins.sign_in(desk.world.system, "forgetful", "a-new-password")
    assert (await browser.press("accounts", "end_sign_ins", id)).status_code == 200
    await said(desk, "sign_in.ended")
    assert await sign_ins.rotate(desk.world.system, again.refresh_token) is None


async def test_refusals_are_said_in_the_persons_language(desk: Desk) -> None:
    browser = await desk.signed_in()
    async with desk.runtime.sessions() as session:
        me = (await session.execute(select(Account.id).where(Account.username == ADMIN))).scalar_one()
    itself = await browser.press("accounts", "demote", me)
    assert (itself.status_code, itself.json()["msg"]) == (400, "Нельзя отключить или понизить самого себя.")
    taken = {"username": ADMIN.upper(), "password": "password-of-taken", "full_name": "X", "locale": "ru"}
    answer = await browser.send("/admin/accounts/create", taken)
    assert answer.status_code == 422 and "уже занято" in answer.text and "password-of-taken" not in answer.text
    bad = await browser.send("/admin/accounts/create", {**taken, "username": "a b", "password": "password-of-bad"})
    assert bad.status_code == 422 and "Имя пользователя: 3–64 символа" in bad.text
    await desk.admin("boss-en", Locale.EN)
    english = await desk.signed_in("boss-en", "password-of-boss-en")
    own = await english.press("accounts", "close", desk.world.people["boss-en"].id)
    assert own.json()["msg"] == "You cannot remove or demote yourself."


async def test_a_course_its_invite_and_its_members(desk: Desk) -> None:
    browser = await desk.signed_in()
    await desk.world.person("lecturer")
    new = {"slug": "from-panel", "title": "Из панели", "organization": "", "teacher": "lecturer"}
    wrong = await browser.send("/admin/courses/create", {**new, "teacher": "nobody"})
    assert wrong.status_code == 422 and "Нет такого пользователя." in wrong.text
    assert (await browser.send("/admin/courses/create", new)).status_code == 303
    await said(desk, "course.created")
    id = (await last(desk)).course_id
    assert id is not None
    assert (await edit(browser, "courses", id, title="Другое", identity_policy="isu_6_digits")).status_code == 303
    await said(desk, "course.changed")
    assert (await stored(desk, Course, id)).title == "Другое"
    shown = await browser.press("courses", "invite", id, role="student", days="7", csrftoken="")
    code = re.search(r"<code>([A-Z0-9]+-STUD-[A-Z0-9]{8})</code>", shown.text)
    assert code is not None
    await said(desk, "invite.rotated")
    assert code[1] not in (await browser.open("/admin/courses/detail", pk=str(id))).text
    member = await members.join(await desk.world.person("newcomer"), code[1], "123456")
    assert (await browser.press("members", "suspend", member.id)).status_code == 200
    await said(desk, "member.changed")
    assert (await stored(desk, Membership, member.id)).status is MemberStatus.SUSPENDED
    assert (await edit(browser, "members", member.id, roles=["teacher", "student"], status="active")).status_code == 303
    changed = await stored(desk, Membership, member.id)
    assert (set(changed.roles), changed.status) == ({"teacher", "student"}, MemberStatus.ACTIVE)
    for button in ("suspend", "revoke", "invite"):
        wrong = await browser.press("courses", button, id, role="dean", days="x")
        assert "Нет такой роли." in wrong.text or "целое число" in wrong.text or wrong.status_code == 400
    assert (await browser.press("courses", "close", id)).status_code == 200
    assert not (await stored(desk, Course, id)).is_active


async def test_the_last_teacher_stays(desk: Desk) -> None:
    course = await desk.world.course("alone", "only-teacher")
    async with desk.runtime.sessions() as session:
        only = (await session.execute(select(Membership).where(Membership.course_id == course.id))).scalar_one()
    browser = await desk.signed_in()
    answer = await browser.press("members", "suspend", only.id)
    assert answer.status_code == 400 and "преподавател" in answer.json()["msg"]
    form = await edit(browser, "members", only.id, roles=["student"])
    assert form.status_code == 422 and "преподавател" in form.text


async def test_a_work_from_the_draft_to_the_archive(desk: Desk) -> None:
    browser = await desk.signed_in()
    course = await desk.world.course("archive", "archivist")
    work = await desk.world.work(course, "archivist", publish=False)
    assert (await browser.press("works", "publish", work.id)).status_code == 200
    async with desk.runtime.sessions() as session:
        wanted = select(Happening).where(Happening.work_id == work.id, Happening.name == "work.published")
        assert (await session.execute(wanted)).scalar_one().door == "admin"
    late = work.ends_at + DAY
    local = _local(desk, late)
    assert (await edit(browser, "works", work.id, title="Новое имя", ends_at=local)).status_code == 303
    await said(desk, "work.changed")
    changed = await stored(desk, Work, work.id)
    assert changed.title == "Новое имя" and abs(changed.ends_at - late) < timedelta(minutes=1)
    assert set((await last(desk)).data["fields"]) == {"title", "ends_at"}, "only what was changed"
    sooner = await edit(browser, "works", work.id, ends_at=_local(desk, work.ends_at))
    assert sooner.status_code == 422
    early = await browser.press("works", "archive", work.id)
    assert early.status_code == 400 and early.json()["msg"]
    try:
        desk.world.clock.forward(days=3)
        browser = await desk.signed_in()
        assert (await browser.open("/admin/works/list")).status_code == 200
        await works.tick(desk.world.system)
        assert (await browser.press("works", "archive", work.id)).status_code == 200
    finally:
        desk.world.clock.shift *= 0
    assert (await stored(desk, Work, work.id)).status is WorkStatus.ARCHIVED
    browser = await desk.signed_in()
    assert (await browser.press("works", "delete_work", work.id)).status_code == 200
    assert await stored(desk, Work, work.id) is None


def _local(desk: Desk, moment: datetime) -> str:
    zone = ZoneInfo(desk.runtime.settings.admin.time_zone)
    return str(moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M"))


async def test_marks_and_statuses_cannot_be_written_by_hand(desk: Desk) -> None:
    browser = await desk.signed_in()
    course = await desk.world.course("readonly", "grader", ["examinee"])
    work = await desk.world.work(course, "grader")
    attempt = await desk.world.start("examinee", work)
    await attempts.submit(await desk.world.person("examinee"), attempt.id)
    async with desk.runtime.sessions() as session:
        handed = (await session.execute(select(Submission).where(Submission.attempt_id == attempt.id))).scalar_one()
    forged = {"final_points": "10", "status": "approved", "ai_points": "10", "version": "99", "is_active": "on"}
    for page, id in [("submissions", handed.id), ("attempts", attempt.id), ("photos", attempt.id), ("runs", handed.id)]:
        for road in (f"/admin/{page}/edit?pk={id}", f"/admin/{page}/create"):
            assert (await browser.send(road, forged)).status_code == 403, road
    # Where there is a form, what it does not hold is not read.
    me = await desk.admin("honest")
    answer = await edit(browser, "accounts", me.id, is_platform_admin="", is_active="", username="x", password_hash="x")
    account = await stored(desk, Account, me.id)
    assert answer.status_code == 303 and account.is_platform_admin and account.is_active
    assert (account.username, account.password_hash) == ("honest", me.password_hash)
    assert (await edit(browser, "works", work.id, title="T", status="archived", course_id="x")).status_code == 303
    assert (await stored(desk, Work, work.id)).status is WorkStatus.ACTIVE
    after = await stored(desk, Submission, handed.id)
    assert (after.final_points, after.status, after.version) == (None, handed.status, handed.version)


@pytest.mark.parametrize(("page", "name"), [("submissions", "delete"), ("accounts", "delete"), ("events", "edit")])
async def test_buttons_that_are_not_there_do_nothing(desk: Desk, page: str, name: str) -> None:
    browser = await desk.signed_in()
    answer = await browser.press(page, name, "1")
    assert answer.status_code == 400
    batch = await browser.http.post(
        f"/admin/_api/{page}/action",
        params={"name": "delete", "all": "1"},
        headers={"origin": desk.url, "x-csrftoken": await browser.token("/admin/")},
    )
    assert batch.status_code == 400


async def test_time_is_given_to_one_student(desk: Desk) -> None:
    browser = await desk.signed_in()
    course = await desk.world.course("hurry", "patient", ["slow"])
    attempt = await desk.world.start("slow", await desk.world.work(course, "patient"))
    assert "целое число" in (await browser.press("attempts", "extend", attempt.id, minutes="x")).json()["msg"]
    assert (await browser.press("attempts", "extend", attempt.id, minutes="15")).status_code == 200
    await said(desk, "attempt.extended")


async def test_long_lists_are_counted_up_to_a_cap(opener: Opener) -> None:
    async with opener(admin={"max_rows": 100}) as desk:
        async with desk.runtime.sessions() as session:
            now = desk.runtime.now()
            session.add_all(Happening(name="many.things", at=now, door="job", data={}) for _ in range(150))
            await session.commit()
        browser = await desk.signed_in()
        first = await browser.open("/admin/events/list", name="many.")
        assert "Показаны только первые 100 строк" in first.text and len(re.findall("data-sa-href", first.text)) == 50
        assert len(re.findall("data-sa-href", (await browser.open("/admin/events/list", page="2")).text)) == 50
        assert not re.findall("data-sa-href", (await browser.open("/admin/events/list", page="3")).text)


async def test_forms_and_passwords_are_not_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    browser = await desk.signed_in()
    with caplog.at_level("DEBUG"):
        new = {"username": "logged", "password": "SECRET-TYPED-password", "full_name": "L", "locale": "ru"}
        assert (await browser.send("/admin/accounts/create", new)).status_code == 303
        await browser.press("accounts", "reset_password", (await last(desk)).account_id, password="SECRET-TYPED-other")
    assert "SECRET-TYPED" not in caplog.text and "sign_ins" not in caplog.text


async def test_a_search_that_takes_too_long_is_said(opener: Opener) -> None:
    async with opener(database={"statement_timeout_ms": 1500}) as desk:
        browser = await desk.signed_in()
        async with desk.runtime.sessions() as session:
            await session.execute(text("LOCK TABLE event IN ACCESS EXCLUSIVE MODE"))
            answer = await browser.open("/admin/events/list")
            await session.rollback()
        assert answer.status_code == 400 and "уточните его" in answer.text
