"""Nothing that a client says becomes an address that a server of ours fetches."""

import ast
from pathlib import Path

import picrete_gql

ROOT = Path(picrete_gql.__file__).parent
CLIENTS = {
    "httpx2",
    "httpx",
    "aiohttp",
    "requests",
    "urllib3",
    "urllib.request",
    "http.client",
    "socket",
    "ftplib",
    "minio",
}
# Gateways speak to what the settings name; commands and the embedded servers to this machine.
PLACES = ("gateways/", "commands/", "local/")
# aiogram builds the addresses of the bot's own session of the settings alone; metrics are only listened for.
OTHERS = {"bot/_listen.py", "observing/listener.py"}


def imported(path: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_only_gateways_speak_to_others() -> None:
    wrong = []
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        uses = {one for one in imported(path) if one in CLIENTS or one.split(".")[0] in CLIENTS - {"http"}}
        if uses and not name.startswith(PLACES) and name not in OTHERS:
            wrong.append(f"{name}: {sorted(uses)}")
    assert not wrong, wrong


def test_no_client_of_ours_follows_redirects() -> None:
    """Each place that makes a client says so itself; `test_providers` sees it happen."""
    made = 0
    for path in (ROOT / "gateways").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("AsyncClient", "AsyncHttpxClient", "PoolManager")
            ):
                said = ast.unparse(node)
                assert "follow_redirects=False" in said or "retries=RETRY" in said, f"{path}: {said}"
                made += 1
    assert made >= 4


def test_no_field_of_the_schema_takes_an_address() -> None:
    sdl = (ROOT.parent / "schema.graphql").read_text()
    inputs = [block for block in sdl.split("\n\n") if "input " in block]
    assert inputs and not [
        line for block in inputs for line in block.splitlines() if "url" in line.lower().split(":")[0]
    ]
