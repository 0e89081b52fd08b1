"""The tools of others, each a command that fails when something is wrong and says at its end what it saw."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clients.stand import BUILD, HERE

ROOT = HERE.parent.parent
BIN = HERE / "node_modules" / ".bin"
SECONDS = 300
NO_BROWSER = "no Chromium on this machine"


@dataclass(frozen=True)
class Tool:
    """Commands that are run in this folder, one after the other."""

    name: str
    commands: Sequence[Sequence[str]]
    browser: bool = False


def _node(name: str) -> Sequence[str]:
    return ("node", f"tools/{name}.mjs")


def _bin(name: str, *arguments: str) -> Sequence[str]:
    return (str(BIN / name), *arguments)


RELEASED = ROOT / "docs" / "schema"
INSPECT = (str(RELEASED / "released.graphql"), str(BUILD / "schema.graphql"), str(RELEASED / "breaking.json"))
TOOLS = (
    Tool("graphql-http audits", [_node("http")]),
    Tool("graphql-ws client", [_node("ws")]),
    Tool("graphql-sse client", [_node("sse")]),
    Tool("Apollo Client", [_node("apollo")]),
    Tool("urql", [_node("urql")]),
    Tool("GraphiQL in Chromium", [_node("graphiql")], browser=True),
    Tool("graphql-codegen, tsc --strict", [_node("codegen"), _bin("tsc", "-p", "tsconfig.json")]),
    Tool("relay-compiler", [_bin("relay-compiler", "relay.config.json")]),
    Tool(
        "gql.tada, tsc --strict",
        [_bin("gql.tada", "generate-output", "-c", "tsconfig.tada.json"), _bin("tsc", "-p", "tsconfig.tada.json")],
    ),
    Tool("graphql-eslint", [_bin("eslint", "--max-warnings", "0", "build/schema.graphql")]),
    Tool("graphql-inspector", [("node", "tools/inspector.mjs", *INSPECT)]),
)


def python_client(folder: Path) -> Tool:
    """The Python client `gql`, in an environment of its own: it wants other versions than we have."""
    python = str(folder / "bin" / "python")
    return Tool(
        "gql (Python)",
        [
            (sys.executable, "-m", "venv", str(folder)),
            (python, "-m", "pip", "install", "-q", "gql[aiohttp,websockets]>=4,<5"),
            (python, "py_client.py"),
        ],
    )


def run(tool: Tool, environment: Mapping[str, str]) -> tuple[bool, str]:
    """Whether a tool was content, and the last of what it said (all of it when it was not)."""
    (BUILD / "relay" / "__generated__").mkdir(parents=True, exist_ok=True)
    said = ""
    for command in tool.commands:
        done = subprocess.run(
            command, cwd=HERE, env=dict(environment), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode:
            return False, done.stdout + done.stderr
        said = done.stdout.strip() or said
    return True, said.splitlines()[-1] if said else "nothing to complain of"
