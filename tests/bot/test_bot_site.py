"""The site's side: a link that appears live, photos from the chat on the teacher's screen, and unlinking."""

import asyncio
from typing import Any

import pytest

from picrete_gql.commands.client import Client, Refused
from tests import images
from tests.bot.support import Bot
from tests.servers.telegram import TelegramServer
from tests.support.house import House
from tests.support.world import World

LINK = "subscription { telegramChanged { name muted locale blockedAt attempt { id } } }"
LIVE = "subscription($id: ID!) { attemptChanged(id: $id) { photos { number uploadSource status } } }"
MINE = "{ me { id telegram { id name muted createdAt blockedAt attempt { id } } } }"


async def signed_in(house: House, world: World, name: str) -> Client:
    """The same person at the site."""
    await world.person(name)
    client = house.client()
    await client.sign_in(name, f"password-of-{name}")
    return client


async def following(stream: Any) -> Any:
    """The next state."""
    async with asyncio.timeout(30):
        return await anext(stream)


async def test_the_site_sees_link_and_photos_appear(
    house: House, world: World, telegram: TelegramServer, bot: Bot
) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    attempt = await world.start("anna", await world.work(course, "teacher"))
    site, teacher = await signed_in(house, world, "anna"), await signed_in(house, world, "teacher")
    me = (await site.run(MINE))["me"]
    assert me["telegram"] is None
    async with site.socket() as own, teacher.socket() as eyes:
        links = own.watch(LINK)
        assert (await following(links))["telegramChanged"] is None
        made = await site.do("telegramLinkCodeCreate", "linkCode { code url expiresAt }", {"accountId": me["id"]})
        assert made["linkCode"]["url"].endswith(f"?start={made['linkCode']['code']}")
        anna = telegram.person("anna")
        anna.text(f"/start {made['linkCode']['code']}")
        appeared = (await following(links))["telegramChanged"]
        assert appeared == {"name": "@anna", "muted": False, "locale": "RU", "blockedAt": None, "attempt": None}
        anna.text("/use 1")
        chosen = (await following(links))["telegramChanged"]
        assert chosen["attempt"] == {"id": f"attempt_{attempt.id.hex}"}
        photos = eyes.watch(LIVE, id=f"attempt_{attempt.id.hex}")
        assert (await following(photos))["attemptChanged"]["photos"] == []
        anna.photo(images.jpeg(images.page(1)))
        while not (seen := (await following(photos))["attemptChanged"]["photos"]) or seen[0]["status"] == "UPLOADING":
            continue
        assert seen == [{"number": 1, "uploadSource": "TELEGRAM", "status": "PENDING"}]
        await site.do("telegramUpdate", "telegram { muted }", {"muted": True, "locale": "EN"})
        while not (changed := (await following(links))["telegramChanged"])["muted"]:
            continue
        assert changed["locale"] == "EN"
        anna.block()
        while (await following(links))["telegramChanged"]["blockedAt"] is None:
            continue
        anna.unblock()
        while (await following(links))["telegramChanged"]["blockedAt"] is not None:
            continue
        mine = (await site.run(MINE))["me"]["telegram"]
        await site.do("telegramUnlink", "unlinkedId", {"id": mine["id"]})
        while (await following(links))["telegramChanged"] is not None:
            continue
        anna.text("/works")
        await anna.hears("Сначала войдите")


async def test_nobody_sees_or_ends_the_link_of_somebody_else(
    house: House, world: World, telegram: TelegramServer, bot: Bot
) -> None:
    course = await world.course("chem", "teacher", ["anna", "boris"])
    anna, boris = await signed_in(house, world, "anna"), await signed_in(house, world, "boris")
    me = (await anna.run(MINE))["me"]["id"]
    code = (await anna.do("telegramLinkCodeCreate", "linkCode { code }", {"accountId": me}))["linkCode"]["code"]
    phone = telegram.person("anna")
    phone.text(f"/start {code}")
    await phone.hears("вы вошли")
    link = (await anna.run(MINE))["me"]["telegram"]["id"]
    for mutation, given in (
        ("telegramUnlink", {"id": link}),
        ("telegramLinkCodeCreate", {"accountId": me}),
    ):
        with pytest.raises(Refused) as refused:
            await boris.do(mutation, "query { me { id } }", given)
        assert refused.value.code == "NOT_FOUND"
    node = await boris.raw("query($id: ID!) { node(id: $id) { id } }", id=link)
    assert node["data"]["node"] is None and node["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    with pytest.raises(Refused) as refused:
        await boris.do("telegramUpdate", "telegram { id }", {"muted": True})
    assert refused.value.code == "CONFLICT"
    assert (await anna.run(MINE))["me"]["telegram"]["id"] == link
    work = await world.work(course, "teacher")
    with pytest.raises(Refused):
        await boris.do("workFollow", "work { id }", {"id": f"work_{work.id.hex}"})
    teacher = await signed_in(house, world, "teacher")
    done = await teacher.do("workFollow", "work { followed }", {"id": f"work_{work.id.hex}"})
    assert done["work"]["followed"] is True
    seen = await boris.run("query($id: ID!) { work(id: $id) { followed } }", id=f"work_{work.id.hex}")
    assert seen["work"]["followed"] is None
