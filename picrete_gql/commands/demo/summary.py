"""What came out of it: the marks, where they came from, and who read the pages."""

from collections import Counter
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from picrete_gql.commands.demo.board import State, number
from picrete_gql.rules.chemistry import ENGINE

# Letters of the last column at least, and those of the columns beside it.
SHORTEST, BESIDE = 30, 48
# How every comment of the rules begins; in a table that says "by rules" once is enough.
BY_RULES = "Проверено правилами, без модели: "


def show(console: Console, work: State, corrected: dict[str, int]) -> None:
    """Print everything. `corrected`: lines that each student put right, by name."""
    attempts = work["attempts"]["nodes"]
    tasks = {criterion["id"]: task for task in work["tasks"] for criterion in task["criteria"]}
    console.print()
    console.print(readings(attempts, corrected))
    for attempt in attempts:
        console.print(marks(attempt, tasks, max(SHORTEST, console.width - BESIDE)))


def readings(attempts: list[State], corrected: dict[str, int]) -> Table:
    """How the pages came, who read them, how sure, and how many lines had to be corrected."""
    columns = ("student", "pages", "upload source", "engine", "model", "sure", "corrected")
    table = _table("How the pages came and who read them", *columns)
    for attempt in attempts:
        read = [photo["reading"] for photo in attempt["photos"] if photo["reading"]]
        sure = [reading["quality"] for reading in read if reading["quality"] is not None]
        name = attempt["student"]["fullName"]
        engine, model = (Text(", ".join(Counter(str(reading[key]) for reading in read))) for key in ("engine", "model"))
        confidence = "–".join(dict.fromkeys(f"{one:.0%}" for one in (min(sure), max(sure)))) if sure else "not said"
        came = ", ".join(dict.fromkeys(photo["uploadSource"].lower() for photo in attempt["photos"]))
        table.add_row(name, str(len(read)), came, engine, model, confidence, str(corrected[name]))
    return table


def marks(attempt: State, tasks: dict[str, State], most: int) -> Table:
    """The mark of one student by criterion: points, who gave them, and what they rest on, in `most` letters."""
    submission = attempt["submission"]
    grade, proposal = submission["grade"], submission["proposal"]
    by_hand = overridden(submission)
    source = "teacher" if by_hand else "rules" if proposal["engine"] == ENGINE else "model"
    title = (
        f"{attempt['student']['fullName']}: {number(grade['finalPoints'])} of {number(submission['maxPoints'])}, "
        f"{'overridden' if by_hand else 'approved'} by the teacher; "
        f"{proposal['engine']} had proposed {number(proposal['points'])}"
    )
    table = _table(title, "task", "criterion", "points", "by", "because")
    last = None
    for score in grade["scores"]:
        task = tasks[score["criterion"]["id"]]["number"]
        whole = Decimal(score["criterion"]["maxPoints"])
        style = "green" if Decimal(score["points"]) == whole else "red"
        points = Text(f"{number(score['points'])}/{number(whole)}", style=style)
        table.add_row(
            "" if task == last else str(task), Text(score["criterion"]["name"]), points, source, because(score, most)
        )
        last = task
    return table


def because(score: State, most: int) -> Text:
    """The quote from the page that the points rest on, and the comment; cut to `most` letters."""
    comment = score["comment"].removeprefix(BY_RULES)
    quote = f"«{score['quote']}» " if score["quote"] else ""
    text = " ".join(f"{quote}{comment}".split())
    return Text(text if len(text) <= most else f"{text[: most - 1]}…")


def overridden(submission: State) -> bool:
    """Whether the final points are a person's own and not the proposal that was approved."""
    changes = [change for change in submission["history"] if change["criterion"] is None]
    return bool(changes and changes[-1]["source"] == "TEACHER" and changes[-1]["reason"] != "approved")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table
