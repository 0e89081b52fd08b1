"""A class that sends at once."""

import asyncio

from picrete_gql.problems import Locale
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules.telegram import Chat
from tests import images
from tests.bot.support import Bot, pages
from tests.servers.telegram import FLOOD, TelegramServer
from tests.support.world import World

STUDENTS, PAGES = 50, 5


async def test_fifty_students_send_five_photos_each(world: World, telegram: TelegramServer, bot: Bot) -> None:
    await bot.stop()
    # As many messages a second as Telegram really takes, and a bot that is told to keep below.
    telegram.flood = FLOOD
    world.runtime.settings.telegram.messages_per_second = FLOOD - 5
    api = world.runtime.gateways.telegram
    assert api is not None
    api._pause = 1 / (FLOOD - 5)
    names = [f"student-{n}" for n in range(STUDENTS)]
    work = await world.work(await world.course("chem", "teacher", names), "teacher")
    attempts, phones = [], []
    for name in names:
        attempts.append(await world.start(name, work))
        phones.append(telegram.person(name))
        chat = Chat(phones[-1].id, name, Locale.RU)
        await links.attach(world.system, world.people[name].id, chat)
    pictures = [images.jpeg(images.page(n, size=(300, 400)), quality=60) for n in range(PAGES)]
    for number, phone in enumerate(phones):
        if number % 2:
            phone.album(pictures)
        else:
            for picture in pictures:
                phone.photo(picture)
    impatient = telegram.person("somebody")
    impatient.text("/help")
    bot.start()
    # Who only asks something does not wait until 250 photos are stored.
    await impatient.hears("Как сдать")
    assert sum(len(phone.heard) for phone in phones) < STUDENTS * (PAGES + 1) / 2
    # One look at all of them, and seldom: fifty people who wait at once would be most of the work.
    async with asyncio.timeout(120):
        while not all(any("5 из 10" in message.text for message in phone.heard) for phone in phones):
            await asyncio.sleep(0.2)
    for attempt in attempts:
        kept = await pages(world, attempt.id)
        assert [photo.number for photo in kept] == [1, 2, 3, 4, 5] and all(photo.uploaded_at for photo in kept)
    for number, phone in enumerate(phones):
        answers = [message.text for message in phone.heard]
        assert len(answers) == (1 if number % 2 else PAGES), answers
    assert not telegram.impatient
