"""`picrete up` with a token: the bot is a child like API and worker, from the first message to a clean end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from picrete_gql.commands.client import Client
from picrete_gql.local.telegram import TOKEN, BotApi
from tests import images
from tests.commands.processes import running
from tests.commands.test_up import up

PATIENCE = 120.0
WORKS = "{ me { id } courses { nodes { works { nodes { id } } } } }"
SOURCES = "query($id: ID!) { attempt(id: $id) { photos { number uploadSource } } }"


@pytest.fixture
def api() -> Iterator[BotApi]:
    """Telegram, as far as the bot can tell."""
    with BotApi() as server:
        yield server


async def test_the_bot_lives_and_ends_with_the_server(tmp_path: Path, api: BotApi) -> None:
    settings = {"PICRETE_TELEGRAM__TOKEN": TOKEN, "PICRETE_TELEGRAM__URL": api.url}
    folder = tmp_path / "data"
    with up(folder, **settings) as server:
        server.ready()
        assert "Telegram" in server.text and TOKEN not in server.text
        site, phone = Client(server.url), api.person("student")
        await site.sign_in("student", server.logins()["student"])
        seen = await site.run(WORKS)
        work = seen["courses"]["nodes"][0]["works"]["nodes"][0]["id"]
        attempt = (await site.do("attemptStart", "attempt { id }", {"workId": work}))["attempt"]["id"]
        made = await site.do("telegramLinkCodeCreate", "linkCode { code }", {"accountId": seen["me"]["id"]})
        phone.text(f"/start {made['linkCode']['code']}")
        await phone.hears("вы вошли как", seconds=PATIENCE)
        (bot,) = running("bot", folder)
        phone.photo(images.jpeg(images.page(1)))
        await phone.hears("№1 принято, 1 из 10", seconds=PATIENCE)
        photos = (await site.run(SOURCES, id=attempt))["attempt"]["photos"]
        assert photos == [{"number": 1, "uploadSource": "TELEGRAM"}]
        await site.close()
        assert server.end() == 0
    assert "does not end" not in server.text and "killed" not in server.text, server.text
    log = (folder / "logs" / "bot.log").read_text("utf-8")
    assert "bot.listening" in log and "Traceback" not in log and TOKEN not in log
    assert not Path(f"/proc/{bot}").exists()
