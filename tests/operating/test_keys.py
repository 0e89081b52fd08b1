"""The secret key is changed, and nobody notices."""

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime
from uuid import uuid4

import jwt
import pytest

from picrete_gql.call import Context
from picrete_gql.commands import key_use
from picrete_gql.models import InviteCode, RefreshToken, Role, TelegramCode
from picrete_gql.problems import Locale
from picrete_gql.resolvers import courses, members, sign_ins, telegram
from picrete_gql.rules import courses as course_rules
from picrete_gql.rules import tokens
from picrete_gql.rules.accounts import WrongCredentials
from picrete_gql.rules.telegram import Chat, LinkCodeInvalid
from picrete_gql.settings import Auth
from tests.support.world import World

OLD, NEW, ELSE = (f"{word}-key-of-the-tests-that-is-long-enough" for word in ("old", "new", "else"))
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WHO, SIGN_IN = uuid4(), uuid4()


def auth(present: str, *others: str) -> Auth:
    """Settings with these keys."""
    return Auth(secret_key=present, previous_keys=list(others))


def part64(part: object) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def rotate(world: World, present: str, *others: str) -> None:
    """All processes were started again with these keys."""
    world.runtime.settings.auth = world.runtime.settings.auth.model_copy(
        update={"secret_key": auth(present).secret_key, "previous_keys": auth(present, *others).previous_keys}
    )


def test_a_token_names_its_key_and_is_read_while_the_key_is_known() -> None:
    token, _ = tokens.sign_access(auth(OLD), WHO, SIGN_IN, NOW)
    assert jwt.get_unverified_header(token)["kid"] == tokens.key_id(OLD) and tokens.key_id(OLD) not in OLD
    for known in (auth(OLD), auth(NEW, OLD), auth(OLD, NEW), auth(NEW, ELSE, OLD)):
        found = tokens.read_access(known, token, NOW)
        assert found is not None and found.account_id == WHO
    for unknown in (auth(NEW), auth(NEW, ELSE)):
        assert tokens.read_access(unknown, token, NOW) is None


def test_new_tokens_are_of_the_present_key() -> None:
    token, _ = tokens.sign_access(auth(NEW, OLD), WHO, SIGN_IN, NOW)
    assert tokens.read_access(auth(OLD), token, NOW) is None
    assert tokens.read_access(auth(OLD, NEW), token, NOW), "which is why the new key is made known everywhere first"


def test_a_token_without_a_name_is_of_the_present_key() -> None:
    """As they were made before keys had names."""
    claims = {"iss": tokens.ISSUER, "sub": str(WHO), "sid": str(SIGN_IN), "exp": NOW.timestamp() + 60}
    token = jwt.encode(claims, OLD, tokens.ALGORITHM)
    assert tokens.read_access(auth(OLD, NEW), token, NOW) and tokens.read_access(auth(NEW, OLD), token, NOW) is None


@pytest.mark.parametrize("kid", ["", "00000000", 7, None, ["x"], {"a": 1}, "../../dev/null"])
def test_a_name_that_nobody_knows_opens_nothing(kid: object) -> None:
    claims = {"iss": tokens.ISSUER, "sub": str(WHO), "sid": str(SIGN_IN), "exp": NOW.timestamp() + 60}
    for key in (ELSE, "", str(kid)):
        parts = [part64({"alg": tokens.ALGORITHM, "kid": kid}), part64(claims)]
        signature = hmac.digest(key.encode(), ".".join(parts).encode(), "sha256")
        forged = ".".join([*parts, base64.urlsafe_b64encode(signature).decode().rstrip("=")])
        assert tokens.read_access(auth(NEW, OLD), forged, NOW) is None


def test_an_empty_key_is_no_key() -> None:
    assert list(tokens.keys(auth(NEW, "", OLD))) == [tokens.key_id(NEW), tokens.key_id(OLD)]


async def test_sign_ins_survive_and_hang_on_the_new_key_after_their_next_refresh(world: World) -> None:
    rotate(world, OLD)
    await world.person("ada")
    nobody = Context(world.runtime, ip="ada")
    first = await sign_ins.sign_in(nobody, "ada", "password-of-ada")
    rotate(world, NEW, OLD)
    second = await sign_ins.refresh(nobody, first.refresh_token)
    rotate(world, NEW)
    third = await sign_ins.refresh(nobody, second.refresh_token)
    assert third.account.username == "ada"
    async with world.runtime.sessions() as session:
        rows = (await session.execute(RefreshToken.__table__.select().order_by(RefreshToken.created_at))).all()
    assert [row.key_id for row in rows] == [tokens.key_id(OLD), tokens.key_id(NEW), tokens.key_id(NEW)]


async def test_a_sign_in_that_never_came_back_ends_with_its_key(world: World) -> None:
    rotate(world, OLD)
    await world.person("eve")
    nobody = Context(world.runtime, ip="eve")
    issued = await sign_ins.sign_in(nobody, "eve", "password-of-eve")
    rotate(world, NEW)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(nobody, issued.refresh_token)


async def test_a_stolen_refresh_token_of_the_old_key_still_ends_the_sign_in(world: World) -> None:
    rotate(world, OLD)
    await world.person("bob")
    nobody = Context(world.runtime, ip="bob")
    first = await sign_ins.sign_in(nobody, "bob", "password-of-bob")
    second = await sign_ins.refresh(nobody, first.refresh_token)
    rotate(world, NEW, OLD)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(nobody, first.refresh_token)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(nobody, second.refresh_token)


async def test_an_invite_code_survives_once_somebody_has_used_it(world: World) -> None:
    rotate(world, OLD)
    course = await world.course("keys", "teacher")
    code = (await courses.rotate_invite(await world.person("teacher"), course.id, Role.STUDENT, None)).code
    rotate(world, NEW, OLD)
    await members.join(await world.person("ada"), code, "")
    rotate(world, NEW)
    await members.join(await world.person("bob"), code, "")
    async with world.runtime.sessions() as session:
        rows = (await session.execute(InviteCode.__table__.select())).all()
    assert [(row.key_id, row.uses) for row in rows] == [(tokens.key_id(NEW), 2)]


async def test_an_invite_code_that_nobody_used_dies_with_its_key(world: World) -> None:
    rotate(world, OLD)
    course = await world.course("unused", "teacher")
    code = (await courses.rotate_invite(await world.person("teacher"), course.id, Role.STUDENT, None)).code
    rotate(world, NEW)
    with pytest.raises(course_rules.InviteInvalid):
        await members.join(await world.person("ada"), code, "")


async def test_a_refused_joining_leaves_the_code_on_its_key(world: World) -> None:
    rotate(world, OLD)
    course = await world.course("refused", "teacher")
    code = (await courses.rotate_invite(await world.person("teacher"), course.id, Role.STUDENT, None)).code
    await courses.set_active(world.system, course.id, is_active=False)
    rotate(world, NEW, OLD)
    with pytest.raises(course_rules.InviteInvalid):
        await members.join(await world.person("ada"), code, "")
    async with world.runtime.sessions() as session:
        rows = (await session.execute(InviteCode.__table__.select())).all()
    assert [row.key_id for row in rows] == [tokens.key_id(OLD)]


async def test_a_link_code_of_the_old_key_still_links(world: World) -> None:
    rotate(world, OLD)
    await world.person("ada")
    hashed = tokens.keyed_hash(world.runtime.settings.auth, "link-code")
    async with world.runtime.sessions() as session, session.begin():
        ends = world.clock().replace(year=world.clock().year + 1)
        made = {"account_id": world.people["ada"].id, "code_hash": hashed, "expires_at": ends}
        session.add(TelegramCode(created_at=NOW, **made))
    rotate(world, NEW)
    chat = Chat(5, "Ada", Locale.RU)
    with pytest.raises(LinkCodeInvalid):
        await telegram.redeem(world.system, "link-code", chat)
    rotate(world, NEW, OLD)
    assert (await telegram.redeem(world.system, "link-code", chat)).account.username == "ada"


async def test_the_command_says_what_hangs_on_which_key(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    rotate(world, OLD)
    course = await world.course("use", "teacher")
    await courses.rotate_invite(await world.person("teacher"), course.id, Role.STUDENT, None)
    await sign_ins.sign_in(Context(world.runtime, ip="teacher"), "teacher", "password-of-teacher")
    rotate(world, NEW, OLD, ELSE)
    await sign_ins.sign_in(Context(world.runtime, ip="teacher"), "teacher", "password-of-teacher")
    assert await asyncio.to_thread(key_use.run, world.runtime.settings) == 0
    said = capsys.readouterr().out
    old, new, other = (tokens.key_id(key) for key in (OLD, NEW, ELSE))
    assert f"{new} (present)" in said and f"{old} (accepted)" in said and OLD not in said and NEW not in said
    lines = {line.split(" ")[0]: line for line in said.splitlines() if "nothing" in line}
    assert set(lines) == {other} and "may be removed" in lines[other]
    assert [line for line in said.splitlines() if line.startswith(old) and "1 invite codes" in line]
