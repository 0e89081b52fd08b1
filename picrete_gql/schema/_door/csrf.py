"""A page of somebody else must not make a browser ask in its user's name.

A request that a browser sends without asking first (GET, or a form's media types) needs a header that only a
script of an allowed origin can set; see https://www.apollographql.com/docs/apollo-server/security/cors.
"""

from starlette.requests import Request

from .bodies import media_type
from .refusals import Refusal

HEADERS = ("graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name")
# The other media types of forms are not accepted at all.
FORM = "multipart/form-data"


def ensure_not_forged(request: Request) -> None:
    """Raises Refusal (400) for a request that any page of the web could have caused."""
    simple = request.method == "GET" or media_type(request)[0] == FORM
    if simple and not any(request.headers.get(name, "").strip() for name in HEADERS):
        raise Refusal(
            400, f"A {request.method} like this needs a non-empty header {', '.join(HEADERS)}.", "CSRF_PREVENTED"
        )
