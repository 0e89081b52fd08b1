"""The whole way through the chat: from /login to the released mark."""

from picrete_gql.local.telegram.people import until
from picrete_gql.models import UploadSource
from picrete_gql.resolvers import attempts, grades, submissions
from tests import images
from tests.bot.support import Bot, pages
from tests.servers.telegram import TelegramServer
from tests.support.world import World


async def test_from_login_to_the_released_mark(world: World, telegram: TelegramServer, bot: Bot) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    work = await world.work(course, "teacher")
    attempt = await world.start("anna", work)
    anna = telegram.person("anna_tg")
    anna.text("/start")
    await anna.hears("/login")
    anna.text("/login")
    await anna.hears("имя пользователя")
    anna.text("anna")
    await anna.hears("пароль")
    password = anna.text("password-of-anna")
    await anna.hears("вы вошли как Anna")
    assert password.deleted
    anna.text("/works")
    listed = await anna.hears("1. Контрольная — осталось 59 мин, фото: 0 из 10")
    assert [button["text"] for button in listed.buttons] == ["1. Контрольная"]
    anna.press("1. Контрольная")
    await anna.hears("Выбрано: «Контрольная»")
    anna.photo(images.jpeg(images.page(1)))
    await anna.hears("фото №1 принято, 1 из 10")
    anna.album([images.jpeg(images.page(n)) for n in (2, 3)])
    await anna.hears("приняты фото №2, №3, 3 из 10")
    assert [photo.source for photo in await pages(world, attempt.id)] == [UploadSource.TELEGRAM] * 3
    await attempts.submit(await world.person("anna"), attempt.id)
    await world.jobs()
    ready = await anna.hears("страницы прочитаны (3)", "http://127.0.0.1")
    anna.press("Страница 1", ready)
    page = await anna.hears("страница 1 из 3", "2H2 + O2 = 2H2O")
    for number in (1, 2, 3):
        await anna.sees(page, f"страница {number} из 3")
        anna.press("Прочитано верно", page)
    await until(lambda: any("Отправить" in b["text"] for b in page.buttons), 10, lambda: str(page.buttons))
    anna.press("Отправить", page)
    await anna.hears("отправлена преподавателю")
    await world.jobs()
    teacher = await world.person("teacher")
    submission = (await submissions.of_attempts(teacher, [attempt.id]))[0]
    assert submission is not None and submission.ai_points is not None
    await grades.approve(teacher, submission.id, submission.version)
    await world.jobs()
    await anna.hears("«Контрольная»:", "из 10.")
    assert not telegram.impatient
