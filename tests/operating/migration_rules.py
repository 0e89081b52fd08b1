"""What a migration may not do while yesterday's code works on the same database, read from its source."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = re.compile(r"#\s*(contract|small):\s*\S.{9,}")
REMOVES = {
    "drop_table": "drops a table",
    "drop_column": "drops a column",
    "rename_table": "renames a table",
    "drop_constraint": "drops a constraint that the code may rely on",
}
LOCKS = {
    "create_unique_constraint": "scans a table under a lock: build the index concurrently, then USING INDEX",
    "create_check_constraint": "scans a table under a lock: NOT VALID first, VALIDATE later",
    "create_foreign_key": "scans a table under a lock: NOT VALID first, VALIDATE later",
    "create_primary_key": "scans a table under a lock",
    "create_exclude_constraint": "scans a table under a lock",
}
IN_SQL = re.compile(
    r"\b(drop\s+(table|column|type|constraint)|rename\s+(to|column|value)|set\s+not\s+null|truncate|delete\s+from|"
    r"update\s+\w+\s+set|alter\s+column\s+\w+\s+(set\s+data\s+)?type|create\s+(unique\s+)?index(?!\s+concurrently)|"
    r"add\s+constraint(?!.*not\s+valid))",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Fault:
    """A line, and why it may not be there without a mark."""

    line: int
    why: str


def faults(source: str) -> list[Fault]:
    """What `upgrade()` does that needs `# contract: why` or `# small: why` on its lines or the one before."""
    tree, lines = ast.parse(source), source.splitlines()
    calls = [node for function in _reached(tree) for node in ast.walk(function) if isinstance(node, ast.Call)]
    calls = [call for call in calls if _method(call)]
    fresh = {_text(call.args[0]) for call in calls if _method(call) == "create_table" and call.args}
    found = []
    for call in calls:
        around = lines[max(0, call.lineno - 2) : call.end_lineno]
        if not any(MARK.search(line) for line in around):
            found += [Fault(call.lineno, why) for why in _wrongs(call, fresh)]
    return [*found, *_mixed(tree)]


def _mixed(tree: ast.Module) -> Iterator[Fault]:
    """What is built outside of a transaction cannot be undone with the rest, and would be done again."""
    (upgrade,) = [function for function in _reached(tree) if function.name == "upgrade"]
    blocks = [
        node for node in upgrade.body if isinstance(node, ast.With) and "autocommit_block" in ast.dump(node.items[0])
    ]
    beside = [node for node in upgrade.body if node not in blocks]
    if blocks and any(isinstance(one, ast.Call) for node in beside for one in ast.walk(node)):
        yield Fault(
            blocks[0].lineno, "stands beside other changes: what is built concurrently has a migration of its own"
        )


def _reached(tree: ast.Module) -> list[ast.FunctionDef]:
    """`upgrade()` and the functions of the file that it calls, one through the other."""
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found, ahead = dict[str, ast.FunctionDef](), ["upgrade"]
    while ahead:
        name = ahead.pop()
        if name in known and name not in found:
            found[name] = known[name]
            names = (node.func for node in ast.walk(known[name]) if isinstance(node, ast.Call))
            ahead += [node.id for node in names if isinstance(node, ast.Name)]
    return list(found.values())


def marked(path: Path) -> bool:
    """Whether a migration says that it contracts."""
    return re.search(r"#\s*contract:", path.read_text("utf-8")) is not None


def _wrongs(call: ast.Call, fresh: set[str | None]) -> Iterator[str]:
    method, table = _method(call) or "", _text(call.args[0]) if call.args else None
    if method in REMOVES:
        yield REMOVES[method]
    if method == "execute" and (found := IN_SQL.search(" ".join(_texts(call)))):
        yield f"says {' '.join(found[0].split())!r} in SQL"
    if method in LOCKS and (_text(call.args[1]) if len(call.args) > 1 else None) not in fresh:
        yield LOCKS[method]
    if table in fresh:
        return
    if method == "alter_column":
        yield from _altered(call)
    if method == "add_column":
        yield from _added(call)
    if method == "create_index":
        on = _text(call.args[1]) if len(call.args) > 1 else _text(_given(call, "table_name"))
        if on not in fresh and not _is(_given(call, "postgresql_concurrently"), True):
            yield "builds an index under a lock: postgresql_concurrently=True in an autocommit_block()"


def _altered(call: ast.Call) -> Iterator[str]:
    if _given(call, "new_column_name") is not None:
        yield "renames a column"
    if _given(call, "type_") is not None:
        yield "changes a type: the table is written anew under a lock"
    if _is(_given(call, "nullable"), False):
        yield "sets NOT NULL: a check NOT VALID first, VALIDATE later"


def _added(call: ast.Call) -> Iterator[str]:
    column = call.args[1] if len(call.args) > 1 else _given(call, "column")
    if not isinstance(column, ast.Call):
        return
    if _is(_given(column, "nullable"), False) and _given(column, "server_default") is None:
        yield "adds a NOT NULL column without a default: yesterday's INSERT fails"
    if any(isinstance(part, ast.Call) and _method(part) == "ForeignKey" for part in column.args):
        yield LOCKS["create_foreign_key"]
    if _is(_given(column, "unique"), True):
        yield LOCKS["create_unique_constraint"]


def _method(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _given(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts(call: ast.Call) -> Iterator[str]:
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
