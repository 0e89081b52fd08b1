"""Another look at a released mark: a student asks, the teacher answers with a new score."""

from decimal import Decimal

from picrete_gql.commands.demo import documents
from picrete_gql.commands.demo.board import number
from picrete_gql.commands.demo.cast import Story
from picrete_gql.commands.demo.failed import expect
from picrete_gql.commands.demo.watch import State, Watch

CORNER = [[0.05, 0.05], [0.95, 0.3]]


async def look_again(story: Story) -> None:
    """Darya asks about the criterion that cost her most; both sides see it live, her phone tells her the answer."""
    me, teacher, screen = story.darya, story.teacher, story.screen
    result = await me.result()
    score = max(result["grade"]["scores"], key=lost)
    criterion, photo = score["criterion"], me.watch.now["photos"][0]
    given = {
        "submissionId": me.watch.now["submission"]["id"],
        "criterionId": criterion["id"],
        "text": "Посмотрите, пожалуйста, ещё раз: это есть на странице 1.",
        "anchor": {"photoId": photo["id"], "polygon": CORNER},
    }
    asked = (await me.client.do("regradeAsk", "regrade { id status polygon }", given))["regrade"]
    expect(asked["status"] == "OPEN" and asked["polygon"] == CORNER, f"the request is {asked}")
    screen.step(me.name, f"asks for another look at «{criterion['name']}», pointing at page {photo['number']}")
    async with teacher.client.socket() as socket:
        requests = Watch(socket.watch(documents.REQUESTS_LIVE, id=teacher.work))
        try:
            state = await requests.until(lambda work: work["regrades"]["nodes"], "the request, live")
            [request] = state["regrades"]["nodes"]
            answer = {"id": request["id"], "version": request["submission"]["version"], "points": points_for(score)}
            answer |= {"text": "Начало верное: половина баллов ваша.", "comment": "Зачтено наполовину."}
            done = await teacher.client.do("regradeAnswer", f"regrade {{ {documents.ANSWER} }}", answer)
            await requests.until(lambda work: not work["regrades"]["nodes"], "the list of open requests to be empty")
        finally:
            await requests.stop()
    became = done["regrade"]["answer"]
    points = became["finalAfter"]
    expect(Decimal(became["pointsAfter"]) == Decimal(points_for(score)), f"the answer gave {became}")
    state = await me.watch.until(lambda s: s["submission"]["grade"]["finalPoints"] == points, "the new mark, live")
    was, now = (number(became[key]) for key in ("pointsBefore", "pointsAfter"))
    screen.step(teacher.name, f"answered in one step: {was} → {now} for «{criterion['name']}»")
    screen.saw(me.name, f"sees the new mark: {number(points)} of {number(result['maxPoints'])}")
    await story.phone.hears("на ваш запрос ответили")


def lost(score: State) -> Decimal:
    """How many points a criterion cost."""
    return Decimal(score["criterion"]["maxPoints"]) - Decimal(score["points"])


def points_for(score: State) -> str:
    """Half of what it cost is given back."""
    return str(Decimal(score["points"]) + round(lost(score) / 2, 2))
