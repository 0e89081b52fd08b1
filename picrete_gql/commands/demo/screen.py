"""What a person sees: steps as they happen, and below them the class, live. Without a terminal: plain lines."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from picrete_gql.commands.demo.board import Board

FEED_LINES = 5
REFRESH = 5


class Screen:
    """One console for steps, the board and the feed."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.begun = time.monotonic()
        self.board = Board(self._row_changed)
        self.feed: deque[str] = deque(maxlen=FEED_LINES)
        self.steps = 0

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.begun

    def step(self, who: str, did: str) -> None:
        """Something was done, and the API confirmed it."""
        self._line("✓", "green", who, did)
        self.steps += 1

    def note(self, what: str) -> None:
        """Something worth a line that is no step."""
        self._line("·", "dim", "", what)

    def saw(self, who: str, what: str) -> None:
        """Somebody saw something live."""
        self._line("◉", "cyan", who, what)

    def happened(self, at: datetime, what: str, *, about: str | None, by: str) -> None:
        """A line of the teacher's feed: when, what, about whose attempt, by whom."""
        whose = self.board.names.get(about or "", "")
        self.feed.append(f"{at:%H:%M:%S}  {what:<18} {whose:<12} by {by}")

    @contextmanager
    def live(self) -> Iterator[None]:
        """Within, the class stands below the steps (in a terminal)."""
        if not self.console.is_terminal:
            yield
            self.console.print(self.board.table())
            return
        with Live(get_renderable=self._picture, console=self.console, refresh_per_second=REFRESH):
            yield

    def _picture(self) -> RenderableType:
        feed = Text("\n".join(self.feed) or "nothing yet", style="dim", no_wrap=True, overflow="ellipsis")
        return Group("", self.board.table(), Panel(feed, title="The teacher's feed (workActivity)", title_align="left"))

    def _row_changed(self, row: str) -> None:
        if not self.console.is_terminal:
            self._line("◉", "cyan", "class", row)

    def _line(self, mark: str, colour: str, who: str, what: str) -> None:
        name = f"[bold]{escape(who)}[/] " if who else ""
        line = f"[dim]{self.seconds:5.1f} s[/] [{colour}]{mark}[/] {name}{escape(what)}"
        # A terminal gets whole words; a file gets one line a step, however long.
        self.console.print(line, highlight=False, soft_wrap=not self.console.is_terminal)
