"""The first page: how the platform does."""

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import CustomView, route

from picrete_gql.resolvers import panel

from ._page import told
from ._visitor import at, context_of, visitor
from ._words import said, term


class Overview(CustomView):
    """Numbers, the oldest waiting job, dead leases, and what providers cost today."""

    menu_label = said("Обзор", "Overview")
    icon = "fa fa-gauge"
    path = "/"
    route_name = "index"

    @route("")
    async def index(self, request: Request) -> Response:
        """The page."""
        with told(request):
            numbers = await panel.numbers(context_of(request))
        assert self._admin is not None
        facts = {
            "title": str(self.menu_label),
            "numbers": numbers,
            "worker": await _worker(request),
            "late": numbers.oldest and max((numbers.now - numbers.oldest).total_seconds(), 0),
            "now": at(numbers.now, visitor(request).zone),
            "term": term,
            "said": lambda ru, en: str(said(ru, en)),
        }
        return self._admin._template_response(request, "overview.html", facts)


async def _worker(request: Request) -> bool | None:
    """Whether a worker has reported lately; None while Redis is away."""
    try:
        return await context_of(request).gateways.queue.worker_alive()
    except (RedisError, OSError, TimeoutError):
        return None
