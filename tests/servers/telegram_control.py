"""Moving people from outside the process of the Bot API stand-in."""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from tests.servers.telegram import TelegramServer


def routes(server: "TelegramServer") -> list[Route]:
    """POST text {username, text}, press {username, button}, file?username=&kind=&name=&group= (bytes); GET chat."""

    async def text(request: Request) -> JSONResponse:
        given = await request.json()
        message = server.person(given["username"], language=given.get("language", "ru")).text(given["text"])
        return JSONResponse({"message_id": message.message_id})

    async def press(request: Request) -> JSONResponse:
        given = await request.json()
        server.person(given["username"]).press(given["button"])
        return JSONResponse({"ok": True})

    async def file(request: Request) -> JSONResponse:
        given = request.query_params
        person, body, group = server.person(given["username"]), await request.body(), given.get("group")
        if given.get("kind", "photo") == "photo":
            message = person.photo(body, group)
        else:
            message = person.document(body, given.get("name", "page.jpg"), given.get("mime", "image/jpeg"), group)
        return JSONResponse({"message_id": message.message_id})

    async def chat(request: Request) -> JSONResponse:
        person = server.person(request.query_params["username"])
        seen: list[dict[str, Any]] = [
            {"from_bot": m.sender is server.state.bot, "text": m.text, "buttons": [b["text"] for b in m.buttons]}
            for m in person.chat.messages
            if not m.deleted
        ]
        return JSONResponse(seen)

    return [
        Route("/_control/text", text, methods=["POST"]),
        Route("/_control/press", press, methods=["POST"]),
        Route("/_control/file", file, methods=["POST"]),
        Route("/_control/chat", chat, methods=["GET"]),
    ]
