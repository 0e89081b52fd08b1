"""What an OpenAI-compatible server offers: the cheapest question that needs a good key."""

import asyncio

import httpx2

from picrete_gql import settings
from picrete_gql.problems import Unavailable

from .failures import WHAT, failure
from .said import brief, read_failure


async def models(config: settings.Llm) -> list[str]:
    """The names of its models. Raises Refused when it does not know the key or the question, Unavailable."""
    secret = config.key.get_secret_value().strip()
    try:
        client = httpx2.AsyncClient(timeout=config.timeout, follow_redirects=False)
        async with asyncio.timeout(config.timeout), client as http:
            headers = {"Authorization": f"Bearer {secret}"}
            answer = await http.get(f"{config.url.rstrip('/')}/models", headers=headers)
    except (TimeoutError, httpx2.HTTPError) as error:
        raise Unavailable(WHAT, brief(f"{type(error).__name__}: {error}", secret)) from None
    if answer.status_code != httpx2.codes.OK:
        raise failure(answer.status_code, read_failure(answer.text, secret), answer.headers)
    try:
        return [str(row["id"]) for row in answer.json()["data"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(WHAT, "an answer that is no list of models") from error
