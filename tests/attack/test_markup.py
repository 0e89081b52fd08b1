"""Markup and formulas in names are text: given back as they came, and shown by nobody as anything else."""

from typing import Any

import httpx2
import pytest

from picrete_gql.resolvers import accounts, materials
from tests.attack.files import pdf
from tests.door.porch import Porch

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg/onload=alert(1)>",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example";"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; DROP TABLE account; --",
    "\u202egpj.exe",
    "&lt;b&gt; &amp;",
]
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("name", NASTY)
async def test_a_name_comes_back_as_it_was_given(porch: Porch, name: str) -> None:
    who = await porch.world.person("markup")
    kept = (await accounts.update_me(who, name, None)).full_name
    for accept in ("*/*", "application/graphql-response+json", "text/event-stream"):
        answer = await porch.post("{ me { fullName } }", {**await porch.bearer("markup"), "accept": accept})
        assert answer.headers["content-type"].split(";")[0] in (
            "application/json",
            "application/graphql-response+json",
            "text/event-stream",
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        if accept != "text/event-stream":
            assert answer.json()["data"]["me"]["fullName"] == kept


async def test_no_page_repeats_what_it_was_asked(porch: Porch) -> None:
    """GraphiQL is the same bytes for everybody: there is nothing to be escaped."""
    pages = set()
    for query in ("", "?query=<script>alert(1)</script>", "?variables={%22a%22:%22</script>%22}&operationName=%3Cb%3E"):
        answer = await porch.http.get(f"/graphql{query}", headers={**BROWSER, "referer": "<script>"})
        assert "unsafe-inline" not in answer.headers["content-security-policy"].split("script-src")[1].split(";")[0]
        pages.add(answer.text)
    assert len(pages) == 1
    for path in ("/<script>", "/graphql/%3Cscript%3E", "/graphiql/%22onload=%22"):
        answer = await porch.http.get(path, headers=BROWSER)
        assert answer.status_code == 404 and "<" not in answer.text


@pytest.mark.parametrize("name", ["page.html", "page.svg", "a.pdf.html", "x.htm\u0000.pdf", "<script>.js"])
async def test_a_stored_file_is_shown_as_what_it_is(porch: Porch, name: str) -> None:
    slug = f"markup-{abs(hash(name)) % 10**8}"
    course = await porch.world.course(slug, "teacher-of-markup")
    teacher = await porch.world.person("teacher-of-markup")
    body = pdf() + b"<html><script>alert(1)</script></html>"
    made = await materials.upload(teacher, course.id, name, body, "x")
    [url] = await materials.view_urls(teacher, [made.id])
    assert url is not None
    async with httpx2.AsyncClient() as http:
        answer = await http.get(url)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
        for changed in tampered(url):
            assert (await http.get(changed)).status_code in (400, 403, 404), changed


def tampered(url: str) -> list[str]:
    """The same address, for something else."""
    found: list[Any] = [
        url.replace("application%2Fpdf", "text%2Fhtml"),
        url.replace("response-content-type", "response-content-Type"),
        url.replace("X-Amz-Expires=300", "X-Amz-Expires=30000"),
        url + "&response-content-type=text%2Fhtml",
        url.replace("materials/", "courses/"),
        url.rpartition("&X-Amz-Signature=")[0],
        url.split("?", maxsplit=1)[0],
    ]
    return [one for one in found if one != url]
