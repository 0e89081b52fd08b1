"""Files by the graphql-multipart-request-spec, and whatever else may come as multipart."""

import asyncio
import io
import json
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from picrete_gql.schema._door.uploads import Reader, harmless
from tests import images
from tests.door.conftest import Opener
from tests.door.porch import GRAPHQL, PREFLIGHT, Porch
from tests.door.test_sockets import watched

UPLOAD = (
    "mutation($input: PhotoUploadInput!) { photoUpload(input: $input) { problem { code } photo { id filename size } } }"
)
TWICE = (
    "mutation($a: PhotoUploadInput!, $b: PhotoUploadInput!)"
    " { a: photoUpload(input: $a) { photo { id size } } b: photoUpload(input: $b) { photo { id size } } }"
)
MATERIAL = (
    "mutation($input: MaterialUploadInput!) {"
    " materialUpload(input: $input) { problem { __typename } material { id } } }"
)
Part = tuple[str, Any]


def small_pdf() -> bytes:
    """A PDF of one empty page."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def part(name: str, body: str | bytes, filename: str | None = None) -> bytes:
    """One part of a form."""
    file = "" if filename is None else f'; filename="{filename}"'
    content = body.encode() if isinstance(body, str) else body
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form."""
    return b"".join(parts) + b"--B--\r\n"


OPERATIONS = json.dumps({"query": "query($f: ID) { __typename }", "variables": {"f": None, "l": [None, 1], "o": {}}})
MAP = json.dumps({"0": ["variables.f"]})
FILE = part("0", b"bytes", "a.png")


async def send(porch: Porch, body: bytes, headers: dict[str, str] | None = None) -> Any:
    """Send a form."""
    given = {"content-type": "multipart/form-data; boundary=B", **PREFLIGHT, **(headers or {})}
    return await porch.http.post("/graphql", content=body, headers=given)


def with_map(value: Any) -> bytes:
    """A form whose map is this."""
    return form(part("operations", OPERATIONS), part("map", json.dumps(value)), FILE)


def with_operations(value: Any) -> bytes:
    """A form whose operations are this."""
    return form(part("operations", json.dumps(value)), part("map", MAP), FILE)


GOOD = form(part("operations", OPERATIONS), part("map", MAP), FILE)
MALFORMED = {
    "empty": b"",
    "no end": GOOD[:-8],
    "cut in a file": GOOD[:-20],
    "cut in a header": GOOD[:40],
    "not a form": b"hello",
    "no parts": b"--B--\r\n",
    "no operations": form(part("map", MAP), FILE),
    "no map": form(part("operations", OPERATIONS), FILE),
    "only operations": form(part("operations", OPERATIONS)),
    "misordered": form(part("map", MAP), part("operations", OPERATIONS), FILE),
    "file first": form(FILE, part("operations", OPERATIONS), part("map", MAP)),
    "operations twice": form(part("operations", OPERATIONS), part("operations", OPERATIONS), part("map", MAP), FILE),
    "operations a file": form(part("operations", OPERATIONS, "o.json"), part("map", MAP), FILE),
    "map a file": form(part("operations", OPERATIONS), part("map", MAP, "m.json"), FILE),
    "operations no json": form(part("operations", "{"), part("map", MAP), FILE),
    "operations deep": form(part("operations", "[" * 9000), part("map", MAP), FILE),
    "map no json": form(part("operations", OPERATIONS), part("map", "{"), FILE),
    "file missing": form(part("operations", OPERATIONS), part("map", MAP)),
    "file unnamed": form(part("operations", OPERATIONS), part("map", MAP), FILE, part("1", b"x", "b.png")),
    "file twice": form(part("operations", OPERATIONS), part("map", MAP), FILE, FILE),
    "file a text": form(part("operations", OPERATIONS), part("map", MAP), part("0", b"text")),
    "no name": form(part("operations", OPERATIONS), b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n"),
    "no disposition": form(part("operations", OPERATIONS), b"--B\r\n\r\nx\r\n"),
    **{f"map {value!r}": with_map(value) for value in ([], None, 7, "x")},
    **{
        f"paths {value!r}": with_map({"0": value})
        for value in (None, 7, "variables.f", [], [7], [None], [["variables.f"]], {}, {"variables.f": 1})
    },
    **{
        f"path {path!r}": with_map({"0": [path]})
        for path in (
            "",
            ".",
            "f",
            "query",
            "variables",
            "variables.",
            "variables..f",
            "variables.g",
            "variables.f.g",
            "variables.l",
            "variables.l.1",
            "variables.l.2",
            "variables.l.-1",
            "variables.l.00",
            "variables.l.x",
            "variables.o",
            "variables.o.x",
            "extensions.f",
            "variables.__class__",
            "0.variables.f",
            "variables.l." + "9" * 5000,
        )
    },
    "a path twice": with_map({"0": ["variables.f", "variables.f"]}),
    **{
        f"operations {value!r}": with_operations(value) for value in ([], None, 7, "x", {}, [{"query": "{__typename}"}])
    },
    "variables a list": with_operations({"query": "{__typename}", "variables": [None]}),
    "variables null": with_operations({"query": "{__typename}", "variables": None}),
    "query a number": with_operations({"query": 7, "variables": {"f": None}}),
}


async def test_the_well_formed_one_is_taken(porch: Porch) -> None:
    answer = await send(porch, GOOD, {"accept": GRAPHQL})
    # The document is sound; what is wrong is that a file came for an ID.
    assert "Variable '$f'" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("shape", MALFORMED)
async def test_malformed_forms_are_400_with_a_reason(porch: Porch, shape: str) -> None:
    answer = await send(porch, MALFORMED[shape])
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["message"] and answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=C"]
)
async def test_a_form_needs_its_boundary(porch: Porch, kind: str) -> None:
    answer = await porch.http.post("/graphql", content=GOOD, headers={"content-type": kind, **PREFLIGHT})
    assert answer.status_code == 400


@pytest.mark.parametrize("charset", ["rot13", "idna", "punycode", "utf-16", "no-such"])
async def test_a_form_is_utf8(porch: Porch, charset: str) -> None:
    answer = await send(porch, GOOD, {"content-type": f"multipart/form-data; boundary=B; charset={charset}"})
    assert answer.status_code == 415


async def test_the_sizes_and_the_number_of_files_are_limited(opener: Opener) -> None:
    async with opener(
        http={"max_file_bytes": 1000, "max_files": 2, "max_body_bytes": 9000, "max_json_bytes": 500}
    ) as porch:

        def one(size: int) -> bytes:
            return form(part("operations", OPERATIONS), part("map", MAP), part("0", b"x" * size, "a"))

        assert (await send(porch, one(1000))).status_code == 200
        assert (await send(porch, one(1001))).status_code == 413
        assert (await send(porch, one(9000))).status_code == 413
        files = [part(str(n), b"x", "a") for n in range(3)]
        assert (await send(porch, form(part("operations", OPERATIONS), part("map", MAP), *files))).status_code == 400
        assert (await send(porch, form(part("operations", " " * 600), part("map", MAP)))).status_code == 400


async def test_a_photo_arrives(porch: Porch) -> None:
    attempt = await watched(porch, "upload")
    body = images.jpeg(images.page())
    operations = json.dumps({"query": UPLOAD, "variables": {"input": {"attemptId": attempt, "file": None}}})
    maps = json.dumps({"0": ["variables.input.file"]})
    sent = form(part("operations", operations), part("map", maps), part("0", body, "../../etc/pass\x01wd\u202e.jpg"))
    answer = await send(porch, sent, await porch.bearer("student"))
    assert answer.json()["data"]["photoUpload"]["photo"]["filename"] == "passwd.jpg", answer.text


async def test_how_large_a_material_is_decides_the_rule_about_materials(opener: Opener) -> None:
    async with opener() as porch:
        course = await porch.world.course("large", "teacher", [])
        bearer, limit = await porch.bearer("teacher"), porch.runtime.settings.materials.max_bytes
        # What stands behind the end of a PDF is not read by anybody.
        for size, code in ((limit - 1, None), (limit + 1, "MaterialTooLarge")):
            input = {"courseId": f"course_{course.id.hex}", "title": "Lecture", "file": None}
            operations = json.dumps({"query": MATERIAL, "variables": {"input": input}})
            maps = json.dumps({"0": ["variables.input.file"]})
            body = small_pdf().ljust(size)
            sent = form(part("operations", operations), part("map", maps), part("0", body, "lecture.pdf"))
            payload = (await send(porch, sent, bearer)).json()["data"]["materialUpload"]
            assert (payload["problem"] or {}).get("__typename") == code, payload
            assert (payload["material"] is None) is bool(code)


async def test_one_file_for_two_places_is_read_twice(porch: Porch) -> None:
    one, two = await watched(porch, "twice-1"), await watched(porch, "twice-2")
    given = {"a": {"attemptId": one, "file": None}, "b": {"attemptId": two, "file": None}}
    operations = json.dumps({"query": TWICE, "variables": given})
    maps = json.dumps({"0": ["variables.a.file", "variables.b.file"]})
    sent = form(part("operations", operations), part("map", maps), part("0", images.jpeg(images.page(3)), "p.jpg"))
    data = (await send(porch, sent, await porch.bearer("student"))).json()["data"]
    assert data["a"]["photo"]["size"] == data["b"]["photo"]["size"] > 0
    assert data["a"]["photo"]["id"] != data["b"]["photo"]["id"]


@pytest.mark.parametrize("value", ["text", 7, {}, [], True, None])
async def test_an_upload_is_a_file_and_nothing_else(porch: Porch, value: Any) -> None:
    variables = {"input": {"attemptId": "attempt_" + "0" * 32, "file": value}}
    answer = await porch.post(UPLOAD, {"accept": GRAPHQL, **await porch.bearer("student")}, variables=variables)
    assert answer.status_code == 400
    literal = json.dumps(value) if not isinstance(value, dict) else "{}"
    inline = f'mutation {{ photoUpload(input: {{attemptId: "x", file: {literal}}}) {{ photo {{ id }} }} }}'
    assert (await porch.post(inline, {"accept": GRAPHQL})).status_code == 400


async def test_a_form_of_another_page_is_refused(porch: Porch) -> None:
    for name in ("", *PREFLIGHT, "apollo-require-preflight", "x-apollo-operation-name"):
        for value, fits in (("1", bool(name)), ("", False)):
            given = {"content-type": "multipart/form-data; boundary=B", **({name: value} if name else {})}
            answer = await porch.http.post("/graphql", content=GOOD, headers=given)
            assert (answer.status_code == 200) is fits, (name, value, answer.text)


async def test_a_get_of_another_page_is_refused(porch: Porch) -> None:
    plain = await porch.http.get("/graphql", params={"query": "{ __typename }"}, headers={"accept": "application/json"})
    assert plain.status_code == 400 and plain.json()["errors"][0]["extensions"]["code"] == "CSRF_PREVENTED"
    assert (await porch.get(query="{ __typename }")).status_code == 200


async def test_whoever_leaves_while_sending_leaves_no_trace(porch: Porch, caplog: pytest.LogCaptureFixture) -> None:
    for head in ("application/json", "multipart/form-data; boundary=B"):
        _, writer = await asyncio.open_connection("127.0.0.1", int(porch.url.rpartition(":")[2]))
        lines = f"POST /graphql HTTP/1.1\r\nHost: x\r\ngraphql-require-preflight: 1\r\nContent-Type: {head}\r\n"
        writer.write(lines.encode() + b"Content-Length: 5000\r\n\r\n" + GOOD[:100])
        await writer.drain()
        writer.transport.abort()
    assert (await porch.post("{ __typename }")).status_code == 200
    assert not [record for record in caplog.records if record.exc_info], caplog.text


PARTS = st.builds(
    part,
    st.sampled_from(["operations", "map", "0", "1", ""]),
    st.sampled_from([OPERATIONS, MAP, "{}", "[]", "null", "", '{"0":["variables.l.0"]}', '{"query":"{__typename}"}'])
    | st.binary(max_size=30),
    st.none() | st.sampled_from(["a.png", "", "é", "..", "a;b"]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS, max_size=5), cut=st.integers(0, 400), tail=st.binary(max_size=10))
async def test_any_form_gets_a_well_formed_answer(porch: Porch, parts: list[bytes], cut: int, tail: bytes) -> None:
    whole = form(*parts)
    answer = await send(porch, (whole[:cut] if cut % 3 == 0 else whole) + tail)
    assert answer.status_code in (200, 400), answer.text
    assert answer.json().get("data") or answer.json()["errors"]
    assert "INTERNAL" not in answer.text


@given(data=st.binary(max_size=200), steps=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 40)), max_size=12))
def test_two_readers_of_one_file_do_not_meet(data: bytes, steps: list[tuple[int, int]]) -> None:
    lock, file = threading.Lock(), io.BytesIO(data)
    readers, places = [io.BufferedReader(Reader(file, lock), 4) for _ in range(2)], [0, 0]  # type: ignore[type-var]
    for which, size in steps:
        assert readers[which].read(size) == data[places[which] : places[which] + size]
        places[which] = min(len(data), places[which] + size)
    for reader in readers:
        reader.seek(0)
        assert reader.read() == data


@given(st.text(max_size=400))
def test_names_of_files_are_harmless(name: str) -> None:
    kept = harmless(name)
    assert kept and len(kept) <= 200 and not set(kept) & set("/\\\0\n\r\u202e") and kept not in (".", "..")
