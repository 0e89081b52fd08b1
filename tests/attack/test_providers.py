"""What comes back from outside is distrusted: any JSON in an answer, redirects, and addresses that lead elsewhere."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picrete_gql.gateways.llm.openai_compatible import OpenAiCompatible
from picrete_gql.gateways.llm.reply import Prices, read_reply
from picrete_gql.gateways.ocr import Ticket, TicketLost
from picrete_gql.gateways.ocr.answers import recognition
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.storage import Storage
from picrete_gql.gateways.telegram import ChatGone, MessageVanished, SecondPoller, Telegram, TooLarge
from picrete_gql.models import ProviderRun
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.settings import Llm, Ocr
from picrete_gql.settings import Storage as StorageSettings
from picrete_gql.settings import Telegram as TelegramSettings
from tests.attack.parrot import Parrot, parrot

TOKEN = "123456789:local-token"
NAMES = [
    "ok",
    "result",
    "description",
    "error_code",
    "parameters",
    "retry_after",
    "file_path",
    "file_size",
    "message_id",
]
NAMES += ["request_id", "request_check_url", "success", "status", "error", "error_in", "markdown", "chunks", "blocks"]
NAMES += ["choices", "message", "content", "usage", "prompt_tokens", "completion_tokens", "finish_reason", "model"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
LEAVES |= st.sampled_from(
    ["complete", "processing", "failed", "\ud800", "\0", "rate limit", 10**40, -1, 1e308, "9" * 99]
)
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), ANY, max_size=6)
MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
STATUSES = st.sampled_from([200, 200, 200, 400, 401, 403, 404, 409, 429, 500, 502])


def as_json(value: Any) -> bytes:
    """As a careless server writes it: with halves of characters."""
    return json.dumps(value).encode()


@pytest.fixture
async def bird() -> AsyncIterator[Parrot]:
    """A provider under somebody else's control."""
    async with parrot() as found:
        yield found


@pytest.fixture
async def telegram(bird: Parrot) -> AsyncIterator[Telegram]:
    """Our side of Telegram."""
    made = Telegram(TelegramSettings(token=TOKEN, url=bird.url, request_timeout=5, messages_per_second=10_000))
    yield made
    await made.close()


@pytest.fixture
async def reader(bird: Parrot) -> AsyncIterator[Datalab]:
    """Our side of the reader."""
    made = Datalab(Ocr(provider="datalab", url=bird.url, key="k", poll_seconds=0.001, max_polls=2, request_timeout=5))
    yield made
    await made.close()


@MANY
@given(status=STATUSES, said=OBJECTS | ANY, ok=st.booleans())
async def test_any_answer_of_telegram_is_taken_or_refused(
    bird: Parrot, telegram: Telegram, status: int, said: Any, ok: bool
) -> None:
    if isinstance(said, dict):
        said = {**said, "ok": ok}
    bird.answer = (status, {}, as_json(said))
    calls = (
        telegram.updates(0, 1, 0, []),
        telegram.send(1, "x"),
        telegram.edit(1, 1, "x"),
        telegram.delete(1, 1),
        telegram.download("x", 1000),
    )
    for call in calls:
        with suppress(Unavailable, Refused, ChatGone, MessageVanished, SecondPoller, TooLarge):
            await call


@MANY
@given(status=STATUSES, said=OBJECTS | ANY)
async def test_any_answer_of_the_reader_is_taken_or_refused(
    bird: Parrot, reader: Datalab, status: int, said: Any
) -> None:
    bird.answer = (status, {}, as_json(said))
    for call in (reader.submit(b"x"), reader.collect(Ticket("a", f"{bird.url}/a"), b"x")):
        with suppress(Unavailable, Refused, TicketLost):
            await call
    if isinstance(said, dict):
        ensure_fits(recognition(said, engine="e", model="m").cost, 0)


@MANY
@given(said=OBJECTS | ANY, tokens=ANY)
def test_any_answer_of_the_model_fits_into_its_row(said: Any, tokens: Any) -> None:
    if isinstance(said, dict):
        usage = {"prompt_tokens": tokens, "completion_tokens": tokens}
        said = {**said, "usage": usage, "choices": [{"message": {"content": "x"}}]}
    reply = read_reply(as_json(said).decode(), "key", Prices(Decimal(1000), Decimal(1000)), model="m", latency=0)
    if hasattr(reply, "cost"):
        ensure_fits(reply.cost, reply.input_tokens, reply.output_tokens)


def ensure_fits(cost: Decimal | None, *counts: int) -> None:
    """Whether the ledger can hold it: a run that cannot be written down would be paid for again and again."""
    column: Any = ProviderRun.__table__.columns["cost"].type  # type: ignore[attr-defined]
    assert cost is None or (cost.is_finite() and abs(cost) < Decimal(10) ** (column.precision - column.scale))
    assert all(0 <= count < 2**31 for count in counts)


PATHS = ["../../x", "/etc/passwd", "//evil.example/x", "http://evil.example/x", "?a=b", "#x", "..\\x", "a/../../../y"]
PATHS += ["%2e%2e/%2e%2e/x", "\r\nHost: evil", ".", "", "photos/./../..", "a\0b", "@evil.example", ";/..;/x"]


async def test_a_file_of_telegram_is_fetched_below_the_bots_own_address(bird: Parrot, telegram: Telegram) -> None:
    for path in PATHS:
        bird.asked.clear()
        bird.answer = (200, {}, as_json({"ok": True, "result": {"file_id": "x", "file_path": path}}))
        with suppress(Unavailable, Refused):
            await telegram.download("x", 1000)
        for line in bird.asked[1:]:
            assert line.startswith(f"GET /file/bot{TOKEN}/") and ".." not in line, (path, line)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(bird: Parrot, telegram: Telegram, reader: Datalab, status: int) -> None:
    async with parrot() as elsewhere:
        bird.answer = (status, {"location": f"{elsewhere.url}/secret"}, b"")
        model = OpenAiCompatible(Llm(url=bird.url, key="k", model="m", timeout=5))
        storage = Storage(StorageSettings(endpoint=bird.url, access_key="a", secret_key="b", bucket="bucket"))
        ask = model.complete([], {}, max_tokens=1, idempotency_key="k")
        calls = [telegram.send(1, "x"), telegram.download("x", 9), reader.submit(b"x"), ask]
        calls += [reader.collect(Ticket("a", f"{bird.url}/a"), b"x"), storage.put("k", b"x", "text/plain")]
        calls += [storage.get("k"), storage.ping()]
        for call in calls:
            with pytest.raises((Unavailable, Refused)):
                await call
        for gateway in (model, storage):
            await gateway.close()
        assert len(bird.asked) >= len(calls) and elsewhere.asked == []
