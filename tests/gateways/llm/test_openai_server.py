"""The stand-in itself: as strict as the service, and usable from another process."""

import json
import signal
import subprocess
import sys
from urllib.request import Request, urlopen

import httpx2
import pytest

from tests.gateways.llm.asking import MESSAGES, SCHEMA

BODY = {"model": "gpt-5", "messages": MESSAGES}


def strict(**changes):
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True, **changes}}


def post(server, body, key="test-key"):
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.post(f"{server.url}/chat/completions", json=body, headers=headers)


def test_a_plain_question(openai_server):
    answer = post(openai_server, BODY).json()
    assert answer["object"] == "chat.completion"
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"model": None}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "boss", "content": "x"}]}, "messages.[0].role"),
        ({"messages": [{"role": "user", "content": None}]}, "messages.[0].content"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": "json"}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema.name"),
        ({"response_format": strict(name="a b")}, "response_format.json_schema.name"),
        ({"response_format": strict(schema={**SCHEMA, "additionalProperties": True})}, "response_format"),
        ({"response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "x"}]}, "messages"),
        ({"max_tokens": 1, "max_completion_tokens": 1}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"temperature": 3}, "temperature"),
        ({"schema": {}}, "schema"),
    ],
)
def test_bad_requests_are_refused_as_by_the_service(openai_server, change, param):
    answer = post(openai_server, {**BODY, **change})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert openai_server.answered == 0


def test_what_is_no_json_and_a_wrong_key(openai_server):
    headers = {"Authorization": "Bearer test-key"}
    assert httpx2.post(f"{openai_server.url}/chat/completions", content=b"{", headers=headers).status_code == 400
    assert post(openai_server, BODY, key="wrong").status_code == 401


def test_the_share_decides_the_points(openai_server):
    for share, total in (("1", 5.0), ("0", 0.0), ("0.333", 1.64)):
        httpx2.post(f"{openai_server.origin}/_control/share", json=share)
        content = post(openai_server, {**BODY, "response_format": strict()}).json()["choices"][0]["message"]["content"]
        assert json.loads(content)["total"] == total


def test_any_other_schema_is_filled_in(openai_server):
    properties = {
        "hint": {"type": "string"},
        "line": {"type": ["integer", "null"]},
        "kind": {"type": "string", "enum": ["a", "b"]},
    }
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}
    answer = post(openai_server, {**BODY, "response_format": wanted}).json()
    assert json.loads(answer["choices"][0]["message"]["content"]) == {"hint": "ok", "line": None, "kind": "a"}


def test_a_fault_nobody_knows_is_a_mistake(openai_server):
    with pytest.raises(ValueError, match="no such fault"):
        openai_server.script(["429x"])


def test_as_a_process_of_its_own():
    command = [sys.executable, "-m", "tests.servers.openai_server", "--share", "1", "--lacks", "temperature"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            origin = url.removesuffix("/v1")
            urlopen(Request(f"{origin}/_control/script", json.dumps(["503"]).encode(), method="POST"))
            headers = {"Authorization": "Bearer test-key"}
            bodies = [BODY, {**BODY, "temperature": 0.5}, BODY]
            asked = [httpx2.post(f"{url}/chat/completions", json=body, headers=headers) for body in bodies]
            assert [answer.status_code for answer in asked] == [503, 400, 200]
            counts = json.load(urlopen(f"{origin}/_control/counts"))
            assert (counts["calls"], counts["answered"], counts["faults_left"]) == (3, 1, 0)
            assert len(json.load(urlopen(f"{origin}/_control/calls"))) == 3
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) is not None
