"""Servers that understand less: said in older words in the same call, and remembered."""

import asyncio

import pytest

from picrete_gql.gateways.llm.dialect import Dialect, with_schema_told
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.rules.precheck import Admit, decide
from tests.gateways.llm.asking import MESSAGES, SCHEMA, ask
from tests.rules.precheck.samples import PAGES, TASKS


async def test_without_json_schema_the_schema_is_told(openai_server, llm):
    openai_server.lacks = {"json_schema"}
    first, second = await ask(llm), await ask(llm)
    refused, answered, remembered = openai_server.calls
    assert refused.body["response_format"]["type"] == "json_schema"
    for call in (answered, remembered):
        assert call.body["response_format"] == {"type": "json_object"}
        assert '"t2c1"' in call.body["messages"][0]["content"]
        assert call.body["messages"][1:] == MESSAGES[1:]
    for completion in (first, second):
        assert isinstance(decide(completion.content, "stop", None, TASKS, PAGES), Admit)


async def test_without_max_completion_tokens_the_older_name_is_used(openai_server, llm):
    openai_server.lacks = {"max_completion_tokens"}
    await ask(llm, 777)
    await ask(llm, 777)
    assert ["max_tokens" in call.body for call in openai_server.calls] == [False, True, True]
    assert openai_server.calls[2].body["max_tokens"] == 777
    assert "max_completion_tokens" not in openai_server.calls[2].body


async def test_a_reasoning_model_gets_no_temperature(openai_server, make_llm):
    openai_server.lacks = {"temperature"}
    llm = make_llm(openai_server, temperature=0.2)
    await ask(llm)
    await ask(llm)
    assert ["temperature" in call.body for call in openai_server.calls] == [True, False, False]
    assert openai_server.calls[1].body["response_format"]["type"] == "json_schema"


async def test_a_server_that_understands_nothing_new(openai_server, make_llm):
    openai_server.lacks = {"temperature", "json_schema", "max_completion_tokens"}
    llm = make_llm(openai_server, temperature=0.2)
    await ask(llm)
    assert len(openai_server.calls) == 4
    await ask(llm)
    assert len(openai_server.calls) == 5


async def test_a_key_never_comes_with_two_bodies(openai_server, make_llm):
    openai_server.lacks = {"temperature", "json_schema", "max_completion_tokens"}
    llm = make_llm(openai_server, temperature=0.2)
    await ask(llm)
    await ask(llm)
    keys = [call.idempotency_key for call in openai_server.calls]
    assert keys[0] == "run-1"
    assert len(set(keys)) == 4
    assert keys[3] == keys[4]


async def test_asked_at_the_same_time_all_get_through(openai_server, make_llm):
    openai_server.lacks = {"temperature", "json_schema", "max_completion_tokens"}
    openai_server.delay = 0.02
    llm = make_llm(openai_server, temperature=0.2)
    assert all(await asyncio.gather(*(ask(llm, key=str(n)) for n in range(6))))
    assert llm.dialect == Dialect(False, False, False)


async def test_what_is_learned_is_not_forgotten_by_an_older_question(openai_server, llm):
    openai_server.script(["hang", "no_json_schema"])
    older = asyncio.create_task(ask(llm))
    while not openai_server.open:
        await asyncio.sleep(0.005)
    await ask(llm, key="run-2")
    openai_server.release()
    await older
    assert llm.dialect == Dialect(json_schema=False)


async def test_each_base_url_has_its_own_memory(openai_server, make_llm):
    openai_server.script(["no_json_schema"])
    one, other = make_llm(openai_server), make_llm(openai_server)
    await ask(one)
    await ask(other)
    kinds = [call.body["response_format"]["type"] for call in openai_server.calls]
    assert kinds == ["json_schema", "json_object", "json_schema"]


@pytest.mark.parametrize(("second", "problem"), [("400", Refused), ("500", Unavailable), ("no_json_schema", Refused)])
async def test_a_fallback_that_fails_too_is_told_and_not_remembered(openai_server, llm, second, problem):
    openai_server.script(["no_json_schema", second])
    with pytest.raises(problem):
        await ask(llm)
    assert len(openai_server.calls) == 2
    assert llm.dialect == Dialect()


async def test_a_422_about_response_format_counts_too(openai_server, llm):
    openai_server.script(["fastapi422"])
    await ask(llm)
    assert openai_server.calls[1].body["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    "message",
    [
        "Something about your request is wrong.",
        "This model's maximum context length is 8192 tokens.",
        "max_tokens is too large: 20000. This model supports at most 16384 completion tokens.",
    ],
)
async def test_another_400_is_not_tried_again(openai_server, llm, message):
    openai_server.script([{"kind": "400", "message": message}])
    with pytest.raises(Refused, match="refused") as refused:
        await ask(llm)
    assert message in refused.value.detail
    assert len(openai_server.calls) == 1


def test_the_schema_is_told_where_the_instructions_stand():
    told = with_schema_told([{"role": "user", "content": "q"}], SCHEMA)
    assert [message["role"] for message in told] == ["system", "user"]
    assert "JSON" in told[0]["content"]
    assert MESSAGES[0]["content"] in with_schema_told(MESSAGES, SCHEMA)[0]["content"]
