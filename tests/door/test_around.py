"""What stands around the door: CORS, headers for browsers, host names, proxies, GraphiQL."""

import re

import pytest
import websockets

from tests.door.conftest import Opener
from tests.door.porch import PREFLIGHT, Porch

PAGE = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ASK = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


async def test_a_known_page_may_read(porch: Porch) -> None:
    answer = await porch.http.options("/graphql", headers={"origin": "https://app.example", **ASK})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-max-age"] == "600"
    assert "access-control-allow-credentials" not in answer.headers
    for body in ("{ __typename }", "{"):
        read = await porch.post(
            body, {"origin": "https://app.example", "accept": "image/png" if body == "{" else "*/*"}
        )
        assert read.headers["access-control-allow-origin"] == "https://app.example"
        assert "Origin" in read.headers["vary"]
        assert "X-Request-Id" in read.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://app.example", "https://app.example:444"])
async def test_other_pages_may_not(porch: Porch, origin: str) -> None:
    answer = await porch.http.options("/graphql", headers={"origin": origin, **ASK})
    assert answer.status_code == 400 and "access-control-allow-origin" not in answer.headers
    read = await porch.post("{ __typename }", {"origin": origin})
    assert "access-control-allow-origin" not in read.headers


async def test_without_known_pages_there_is_no_cors(opener: Opener) -> None:
    async with opener() as porch:
        answer = await porch.http.options("/graphql", headers={"origin": "https://app.example", **ASK})
        assert answer.status_code == 405 and "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/graphql", "/healthz", "/readyz", "/nowhere", "/graphiql/graphiql.html", "/"])
async def test_every_answer_has_safe_headers(porch: Porch, path: str) -> None:
    answer = await porch.http.get(path, headers=PREFLIGHT)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"] and "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


async def test_https_is_demanded_where_it_is_served(opener: Opener) -> None:
    async with opener(http={"public_url": "https://picrete.example"}) as porch:
        assert "max-age" in (await porch.http.get("/healthz")).headers["strict-transport-security"]


async def test_only_known_names_are_answered(opener: Opener) -> None:
    async with opener(http={"trusted_hosts": ["picrete.example", "*.picrete.example"]}) as porch:
        for host, status in (("picrete.example", 200), ("a.picrete.example:80", 200), ("evil.example", 400), ("", 400)):
            assert (await porch.post("{ __typename }", {"host": host})).status_code == status
        with pytest.raises(websockets.InvalidStatus):
            async with porch.socket():
                pass


async def test_a_proxy_is_believed_only_when_it_is_known(opener: Opener) -> None:
    for proxies, others in (([], 1), (["127.0.0.1"], 2)):
        async with opener(http={"trusted_proxies": proxies}, limits={"sign_in_tries_per_ip": 1}) as porch:
            await porch.runtime.gateways.redis.flushdb()
            codes = []
            for address in ("10.1.1.1", "10.2.2.2"):
                query = 'mutation { signIn(input: {username: "a", password: "b"}) { problem { code } } }'
                answer = await porch.post(query, {"x-forwarded-for": address})
                codes.append("RATE_LIMITED" in answer.text)
            assert codes.count(False) == others


async def test_browsers_get_graphiql_and_nobody_else(porch: Porch) -> None:
    answer = await porch.http.get("/graphql", headers=PAGE)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy and "http://" not in policy
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.5"):
        other = await porch.get({"accept": accept}, query="{ __typename }")
        assert other.json() == {"data": {"__typename": "Query"}}


async def test_graphiql_asks_no_other_server(porch: Porch) -> None:
    page = (await porch.http.get("/graphql", headers=PAGE)).text
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert wanted and all(address.startswith("/graphiql/") for address in wanted)
    assert "<script>" not in page and "style=" not in page
    for address in wanted:
        found = await porch.http.get(address)
        assert found.status_code == 200 and found.content
    assert (await porch.http.get("/graphiql/../../../settings.py")).status_code == 404
    assert (await porch.http.get("/graphiql/..%2f..%2fsettings.py")).status_code == 404


async def test_graphiql_can_be_off(opener: Opener) -> None:
    async with opener(http={"graphiql": False}) as porch:
        assert (await porch.http.get("/graphql", headers={"accept": "text/html"})).status_code == 406
        assert (await porch.http.get("/graphiql/graphiql.html")).status_code == 404
