"""What one question to a provider took and how it ended: counted, and a span. Its words are nobody's business here."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from picrete_gql import metrics, tracing
from picrete_gql.problems import Refused, Unavailable


@contextmanager
def question(what: str, provider: str, model: str) -> Iterator[Any]:
    """Around one question. `model` is the one of the settings: what an answer calls itself is anybody's invention."""
    began, outcome = time.monotonic(), "fault"
    try:
        with tracing.span(what, "client", provider=provider, gen_ai__request__model=model) as span:
            yield span
        outcome = "ok"
    except Unavailable:
        outcome = "unavailable"
        raise
    except Refused:
        outcome = "refused"
        raise
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    finally:
        metrics.PROVIDER_CALLS.labels(provider, model, outcome).inc()
        metrics.PROVIDER_SECONDS.labels(provider).observe(time.monotonic() - began)


def paid(provider: str, model: str, cost: Decimal | None) -> None:
    """An answer came and cost so many US dollars."""
    if cost:
        metrics.PROVIDER_SPEND.labels(provider, model).inc(float(cost))
