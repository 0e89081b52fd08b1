"""Some hundred sockets (as many before it counts) leave nothing behind; `make audit` sends ten thousand."""

from tests.clients.crowd import pass_by
from tests.door.conftest import Opener


async def test_a_crowd_leaves_nothing_behind(opener: Opener) -> None:
    async with opener() as porch:
        content, told = await pass_by(porch, 150)
        assert content, told
