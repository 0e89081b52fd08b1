"""One question, as the precheck would ask it."""

from picrete_gql.gateways.llm import Completion, Llm
from picrete_gql.rules.precheck import answer_schema, messages_for
from tests.rules.precheck.samples import FINDINGS, NONCE, PAGES, TASKS

MESSAGES = messages_for(TASKS, PAGES, FINDINGS, nonce=NONCE)
SCHEMA = answer_schema(TASKS)


async def ask(llm: Llm, max_tokens: int = 10_000, key: str = "run-1") -> Completion:
    return await llm.complete(MESSAGES, SCHEMA, max_tokens=max_tokens, idempotency_key=key)
