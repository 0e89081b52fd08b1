"""The scanners of others: bandit on our source, pip-audit on what is installed. Neither is content without a reason."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = ("picrete_gql", "scripts", "alembic")
# An import is no use yet: each use of it is looked at.
ONLY_IMPORTED = {"B403", "B404", "B405", "B406", "B407", "B408", "B409"}
# An empty one opens nothing.
NO_PASSWORD = "password: ''"
NOQA = re.compile(r"# noqa: ([A-Z0-9, ]+)")
SECONDS = 300
Verdict = tuple[bool | None, str]


def bandit() -> Verdict:
    """Whether nothing is left of what bandit finds. Ruff's rules have the same numbers: a reason counts for both."""
    command = [sys.executable, "-m", "bandit", "-q", "-r", *SOURCE, "-f", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return False, f"bandit did not work: {done.stderr[-300:] or done.stdout[-300:]}"
    left = [one for one in report["results"] if not _excused(one)]
    lines = report["metrics"]["_totals"]["loc"]
    if report["errors"] or not lines:
        return False, f"bandit could not read {report['errors'] or SOURCE}"
    told = "; ".join(f"{one['test_id']} {one['filename']}:{one['line_number']}" for one in left)
    return not left, told or f"{lines} lines, {len(report['results'])} places looked at and excused"


def _excused(found: Mapping[str, Any]) -> bool:
    if found["test_id"] in ONLY_IMPORTED | _ignored() or found["issue_text"].endswith(NO_PASSWORD):
        return True
    lines = (ROOT / found["filename"]).read_text().splitlines()
    first, last = min(found["line_range"]) - 1, max(found["line_range"])
    given = " ".join(match for line in lines[first:last] for match in NOQA.findall(line))
    return found["test_id"].replace("B", "S", 1) in re.split(r"[ ,]+", given)


def _ignored() -> set[str]:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    return {rule.replace("S", "B", 1) for rule in lint["ignore"] if re.fullmatch(r"S\d+", rule)}


def pip_audit() -> Verdict:
    """Whether no installed package is known to be vulnerable; None when that could not be asked."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--progress-spinner", "off", "-f", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    return verdict(done.stdout, done.stderr)


def verdict(said: str, trouble: str) -> Verdict:
    """What pip-audit's report means. Where its service knows no package at all, it still calls itself content."""
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = trouble.strip().splitlines()[-1:] or ["it said nothing"]
        return None, f"NOT CHECKED, the service of vulnerabilities cannot be asked from here: {why[0]}"[:200]
    asked = [one for one in packages if "skip_reason" not in one]
    # The project itself is in no index.
    missing = [one["name"] for one in packages if "skip_reason" in one and one["name"] != "picrete-gql"]
    bad = [f"{one['name']} {one['version']}: {vuln['id']}" for one in asked for vuln in one["vulns"]]
    if bad:
        return False, "; ".join(bad)
    if missing:
        return None, f"NOT CHECKED for {len(missing)} of {len(packages)} packages: the service does not know them"
    return True, f"{len(asked)} packages without a known vulnerability"
