"""A student's phone: the Telegram bot, with a Bot API server of this machine in the place of Telegram."""

from collections.abc import Sequence
from dataclasses import dataclass

from picrete_gql.commands.client import Socket
from picrete_gql.commands.demo import documents
from picrete_gql.commands.demo.failed import Failed, expect
from picrete_gql.commands.demo.screen import Screen
from picrete_gql.commands.demo.students import Student
from picrete_gql.commands.demo.watch import State, Watch
from picrete_gql.commands.examples import Picture
from picrete_gql.local.telegram import BotApi, NotHeard, Person
from picrete_gql.local.telegram.state import Message

# The bot's process takes its time to start.
PATIENCE = 120.0
BOT, USERNAME = "the bot", "darya_kim"


@dataclass
class Phone:
    """Somebody's Telegram. Raises Failed when the bot does not say what it must."""

    person: Person
    screen: Screen

    @classmethod
    def of(cls, student: Student, api: BotApi, screen: Screen) -> "Phone":
        """The phone of a student, whose Telegram speaks Russian."""
        return cls(api.person(USERNAME, name=student.name), screen)

    async def link(self, student: Student, socket: Socket) -> None:
        """Open the bot by a one-time code made on the site; the site sees the link appear, live."""
        links = Watch(socket.watch(documents.TELEGRAM_LIVE))
        try:
            me = (await student.client.run("{ me { id } }"))["me"]["id"]
            made = await student.client.do("telegramLinkCodeCreate", "linkCode { code }", {"accountId": me})
            self.person.text(f"/start {made['linkCode']['code']}")
            await self.hears("вы вошли как", student.name)
            link: State = await links.until(lambda link: link, "the Telegram link on the site")
        finally:
            await links.stop()
        expect(link["name"] == f"@{USERNAME}", f"another Telegram is linked: {link}")
        self.screen.step(student.name, "linked her Telegram by a one-time code (telegramChanged shows it at once)")

    async def send(self, student: Student, pictures: Sequence[Picture]) -> None:
        """Choose the work by its button, send an album of image files; they appear in the attempt, live."""
        self.person.text("/works")
        listed = await self.hears("1. ")
        self.press(listed.buttons[0]["text"])
        await self.hears("Выбрано")
        group = f"album of {student.name}"
        for picture in pictures:
            self.person.document(picture.body, picture.path.name, group=group)
        await self.hears(*(f"№{number}" for number in range(1, len(pictures) + 1)))
        await student.received(pictures)

    def press(self, button: str) -> None:
        """Press a button. Raises Failed when there is none."""
        try:
            self.person.press(button)
        except NotHeard as error:
            raise Failed(f"The bot: {error}") from error

    async def hears(self, *words: str) -> Message:
        """Wait for a message with these words, and show it. Raises Failed."""
        try:
            message = await self.person.hears(*words, seconds=PATIENCE)
        except NotHeard as error:
            raise Failed(f"The bot: {error}") from error
        self.screen.saw(BOT, f"tells {self.person.user['first_name']}: {message.text.splitlines()[0]}")
        return message
