"""What the documentation shows works: documents fit the schema, Python runs, TypeScript compiles."""

import ast
import asyncio
import inspect
import json
import re
import shutil
import subprocess
import types
from pathlib import Path

import pytest
from graphql import parse, validate

from tests import images
from tests.clients.stand import HERE
from tests.docs.pages import DOCS, ROOT, Fence, fences
from tests.schema.selections import SCHEMA
from tests.support.house import PASSWORD, House

BIN = HERE / "node_modules" / ".bin"
QUERY = re.compile(r"^\s*(?:query|mutation|subscription|fragment|\{)")


def where(fence: Fence) -> str:
    """Page and line."""
    return f"{fence.page}:{fence.line}"


@pytest.mark.parametrize("fence", [*fences("graphql")], ids=where)
def test_a_document_fits_the_schema(fence: Fence) -> None:
    faults = validate(SCHEMA, parse(fence.text))
    # A page may show several operations side by side.
    assert not [fault.message for fault in faults], fence.text


@pytest.mark.parametrize("fence", [*fences("python")], ids=where)
def test_python_is_python(fence: Fence) -> None:
    assert compile(fence.text, where(fence), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


async def test_the_page_on_python_runs_from_top_to_bottom(house: House) -> None:
    scope = {"url": house.url, "admin_password": PASSWORD, "photo": images.jpeg(images.page(1))}
    said: list[str] = []
    scope["print"] = lambda *words: said.append(" ".join(map(str, words)))
    async with asyncio.timeout(240):
        for fence in fences("python", page=DOCS / "clients" / "python.md"):
            code = compile(fence.text, where(fence), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            ran = types.FunctionType(code, scope)()
            if inspect.isawaitable(ran):
                await ran
    assert said[0].startswith("1 ")
    assert said[-2:] == [
        "{'finalPoints': '9.50', 'feedback': 'Хорошо!'}",
        "ATTEMPTS_EXHAUSTED No attempts are left (1 in all).",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing")
@pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="the tools are not installed: make audit")
def test_the_page_on_typescript_compiles(tmp_path: Path) -> None:
    for fence in fences("ts", page=DOCS / "clients" / "typescript.md"):
        name, text = re.fullmatch(r"// file: (\S+)\n(.*)", fence.text, re.DOTALL).groups()  # type: ignore[union-attr]
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copy(ROOT / "schema.graphql", tmp_path)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    options = json.loads((HERE / "tsconfig.json").read_text())["compilerOptions"] | {"skipLibCheck": True}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["codegen.ts", "src"]}))
    for name, *given in (("graphql-codegen", "--config", "codegen.ts"), ("tsc", "-p", "tsconfig.json")):
        done = subprocess.run([BIN / name, *given], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
