"""GraphiQL from our own files: no other server is asked, so it works offline and under a strict policy."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

FILES = Path(__file__).parent.parent / "_static"
# CodeMirror and the dialogs of GraphiQL set styles of their own; scripts come from files alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(request: Request) -> Response:
    """The page of GraphiQL."""
    scheme = "wss" if request.url.scheme == "https" else "ws"
    policy = POLICY.format(socket=f"{scheme}://{request.url.netloc}")
    html = (FILES / "graphiql.html").read_text(encoding="utf-8")
    return HTMLResponse(
        html, headers={"content-security-policy": policy, "cache-control": "no-cache", "vary": "Accept"}
    )
