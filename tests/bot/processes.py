"""Bot processes to be killed. They are forked from one that has imported everything: an import takes seconds."""

import multiprocessing
import os
import signal
from multiprocessing.context import ForkServerProcess

from picrete_gql.settings import Settings
from tests.support.house import environment

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["picrete_gql.commands.bot", "picrete_gql.bot", "picrete_gql.main"])


def live(env: dict[str, str]) -> None:
    """What `picrete bot` does."""
    from picrete_gql.commands.bot import bot

    os.environ.update(env)
    bot(Settings(_env_file=None))


class BotProcess:
    """A bot that can be killed at any moment, also from another thread."""

    def __init__(self, settings: Settings) -> None:
        env = {**environment(settings), "PICRETE_LOG_LEVEL": os.environ.get("TEST_LOG", "ERROR")}
        self.process: ForkServerProcess = FORKS.Process(target=live, args=(env,), daemon=True)
        self.process.start()

    def kill(self) -> None:
        """As the out-of-memory killer does it."""
        if self.process.is_alive() and self.process.pid:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()
