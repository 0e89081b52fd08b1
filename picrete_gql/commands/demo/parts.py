"""What each of the students goes through, with the teacher at the other end."""

from datetime import UTC, datetime, timedelta

from picrete_gql.commands.demo.cast import Story
from picrete_gql.commands.demo.failed import Failed, expect
from picrete_gql.commands.demo.students import Student
from picrete_gql.commands.demo.teachers import Teacher

EXTRA_MINUTES = 5
# How long after a deadline the worker's clock may notice it, at most; it looks every half minute.
NOTICE_SECONDS = 90.0


async def anna(story: Story) -> None:
    """Everything right: an iPhone's HEIC and two JPEGs; every line corrected; approved."""
    me, teacher = story.anna, story.teacher
    for task, variant in me.variants.items():
        # There is an iPhone's HEIC of task 1.
        await me.upload(story.examples.picture(task, variant, "correct", ".heic" if task == 1 else ".jpg"))
    await me.submit()
    await read(me, teacher)
    await me.review(insist=True)
    submission = await teacher.until_proposed(me.name, story.precheck_seconds)
    await teacher.approve(me.name, submission)
    await hidden(me)


async def boris(story: Story) -> None:
    """Gets more time while he works; one photo goes by a signed address; mistakes; overridden by the teacher."""
    me, teacher = story.boris, story.teacher
    before = datetime.fromisoformat(me.watch.now["expiresAt"])
    after = await teacher.extend(me.attempt, EXTRA_MINUTES)
    expect(after == before + timedelta(minutes=EXTRA_MINUTES), f"the end moved from {before} to {after}")
    await me.watch.until(lambda state: datetime.fromisoformat(state["expiresAt"]) == after, "the extra time, live")
    story.screen.step(teacher.name, f"gave {me.name} {EXTRA_MINUTES} more minutes; he sees his new end at once")
    for task, variant in me.variants.items():
        picture = story.examples.picture(task, variant, "error")
        await (me.upload_presigned(picture) if task == 2 else me.upload(picture))
    await me.submit()
    await read(me, teacher)
    await me.review()
    submission = await teacher.until_proposed(me.name, story.precheck_seconds)
    await teacher.override(me.name, submission, list(me.sent.values()))
    await hidden(me)


async def darya(story: Story) -> None:
    """Sends her pages in Telegram and forgets to hand in: the deadline does it for her, in a worker's cron."""
    me, teacher, screen = story.darya, story.teacher, story.screen
    first = story.examples.picture(1, me.variants[1], "unfinished")
    await story.phone.send(me, [first, story.examples.picture(2, me.variants[2], "correct")])
    end = datetime.fromisoformat(me.watch.now["expiresAt"])
    screen.note(f"{me.name} does not hand in; her time ends at {end.astimezone():%H:%M:%S}")
    left = (end - datetime.now(UTC)).total_seconds()
    state = await me.watch.until(lambda state: state["status"] != "ACTIVE", "the deadline", left + NOTICE_SECONDS)
    expect(state["status"] == "EXPIRED", f"after the deadline the attempt is {state['status']}")
    expect(datetime.fromisoformat(state["submittedAt"]) == end, f"handed in at {state['submittedAt']}, not at {end}")
    screen.step("deadline", f"closed the attempt of {me.name} as of {end.astimezone():%H:%M:%S}")
    await read(me, teacher)
    await story.phone.hears("страницы прочитаны (2)")
    await me.review()
    submission = await teacher.until_proposed(me.name, story.precheck_seconds)
    await teacher.approve(me.name, submission)
    await hidden(me)


async def read(student: Student, teacher: Teacher) -> None:
    """Wait until every page of a student is read. Raises Failed with what the teacher sees of the reason."""
    if not await student.read():
        raise Failed(f"Pages of {student.name} could not be read: {await teacher.failures(student.attempt)}")


async def hidden(student: Student) -> None:
    """Before the release a student sees neither the proposal nor the mark."""
    seen = await student.result()
    expect(seen["grade"] is None and seen["proposal"] is None, f"{student.name} sees a mark before its release: {seen}")
