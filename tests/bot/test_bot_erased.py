"""A person who asks to be erased: the bot knows the chat no more, and nothing of it is kept in the end."""

from picrete_gql.jobs import erasures as clock
from picrete_gql.resolvers import erasures
from tests.bot.support import Bot, code_for, linked, quiet
from tests.privacy.traces import left
from tests.servers.telegram import TelegramServer
from tests.support.world import World


async def test_the_chat_is_unlinked_at_once_and_forgotten_in_the_end(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    phone = await linked(world, telegram, "ada")
    phone.text("/works")
    await phone.hears("нет открытых работ")
    await quiet(telegram)
    await erasures.request(await world.person("ada"), "password-of-ada")
    phone.text("/works")
    await phone.hears("Сначала войдите")
    phone.text("/logout")
    await quiet(telegram)
    # Within the grace she may come back, to the bot too.
    phone.text(f"/start {(await code_for(world, 'ada')).code}")
    await phone.hears("Ada")
    await quiet(telegram)
    assert await left(world.runtime, phone.id)
    world.clock.forward(days=8)
    await clock.run(world.system)
    assert await left(world.runtime, phone.id) == {}
    phone.text("/works")
    await phone.hears("Сначала войдите")
