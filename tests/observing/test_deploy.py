"""Dashboard, alerts and scraping against what the code exports: a name in an expression is a name that exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr

from picrete_gql import metrics
from picrete_gql.jobs._registry import CRONS, FUNCTIONS
from picrete_gql.observing.exposition import build
from picrete_gql.observing.rows import Rows
from picrete_gql.settings import Settings, Telegram
from tests.support.world import World

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
PROMETHEUS = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((DEPLOY / "grafana/picrete.json").read_text("utf-8"))
# Of Prometheus itself, and of its client about the process.
FOREIGN = {"up": {"job", "instance"}, "process_resident_memory_bytes": set()}
GIVEN = {"job", "instance", "le"}
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}
WORDS = {"by", "without", "on", "ignoring", "and", "or", "unless", "bool", "offset", "group_left", "group_right"}
CLOSES = {")": "(", "]": "[", "}": "{"}


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression and where it stands."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


async def exported(world: World) -> dict[str, set[str]]:
    """Every name that a scrape may show, with its labels."""
    found: dict[str, set[str]] = {name: set(labels) for name, labels in FOREIGN.items()}
    for one in vars(metrics).values():
        if isinstance(one, MetricWrapperBase):
            [family] = one.collect()
            for suffix in SUFFIXES[family.type]:
                found[family.name + suffix] = set(one._labelnames)
    for family in [*await Rows(world.runtime).families(), build()]:
        found[family.name] = {label for sample in family.samples for label in sample.labels}
    return found


def without_texts(expression: str) -> str:
    return re.sub(r'"[^"]*"', '""', expression)


def uses(expression: str) -> list[tuple[str, set[str]]]:
    """The metrics of an expression, each with the labels that are matched."""
    bare = without_texts(expression)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    bare = re.sub(r"\[[^\]]*\]", " ", bare)
    found = re.finditer(r"(?<![\w.])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\(|\w)", bare)
    return [
        (one[1], set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", one[2] or "")))
        for one in found
        if one[1] not in WORDS and not bare[one.end() :].lstrip().startswith("(")
    ]


async def test_every_metric_of_an_expression_is_exported_with_its_labels(world: World) -> None:
    known = await exported(world)
    seen: set[str] = set()
    for place, expression in expressions():
        found = uses(expression)
        assert found, place
        for name, labels in found:
            assert name in known, f"{place}: {name}"
            assert labels <= known[name] | GIVEN, f"{place}: {name} has no {labels - known[name]}"
        grouped = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression)
        for label in {label.strip() for group in grouped for label in group.split(",")} - GIVEN:
            assert any(label in known[name] for name, _ in found), f"{place}: by ({label})"
        seen |= {name for name, _ in found}
    unused = {name for name in known if name.removesuffix("_sum").removesuffix("_count") + "_bucket" not in known}
    assert unused <= seen, f"nobody looks at {unused - seen}"


def test_expressions_are_balanced() -> None:
    for place, expression in expressions():
        assert expression.count('"') % 2 == 0, place
        open_ones: list[str] = []
        for letter in without_texts(expression):
            if letter in CLOSES.values():
                open_ones.append(letter)
            elif letter in CLOSES:
                assert open_ones and open_ones.pop() == CLOSES[letter], f"{place}: {expression}"
        assert not open_ones, f"{place}: {expression}"


async def test_values_of_labels_exist(world: World) -> None:
    world.runtime.settings.telegram = Telegram(token=SecretStr("1:a"))
    families = await Rows(world.runtime).families()
    kinds = {one.labels["kind"] for family in families for one in family.samples if one.labels}
    jobs = {function.name for function in FUNCTIONS} | {one["job_name"] for one in PROMETHEUS["scrape_configs"]}
    crons = {cron.name.removeprefix("cron:") for cron in CRONS}
    assert kinds >= {"photo.read", "grade.propose", "attempt.expire", "notice.send"}
    for place, expression in expressions():
        for label, value in re.findall(r'(\w+)(?:=~|!~|!=|=)"([^"]*)"', expression):
            known = {"kind": kinds, "cron": crons, "job": jobs}
            if label in known:
                assert set(value.split("|")) <= known[label], f"{place}: {label}={value}"


def test_the_dashboard_is_one() -> None:
    assert DASHBOARD["schemaVersion"] >= 39 and DASHBOARD["uid"] == "picrete"
    [variable] = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Now", "Door", "Live views", "Pipeline", "Providers and spend", "Stores and processes"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
    for panel in panels():
        assert all(one["datasource"]["uid"] == "${datasource}" for one in (panel, *panel["targets"]))


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    page = (ROOT / "docs/observing.md").read_text("utf-8")
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
    for rule in RULES:
        assert rule["annotations"]["summary"].endswith(".") and rule["labels"]["severity"] in ("page", "ticket")
        assert re.search(rf"^### {rule['alert']}$", page, re.MULTILINE), f"{rule['alert']} is not in docs/observing.md"


async def test_every_metric_is_explained(world: World) -> None:
    page = (ROOT / "docs/observing.md").read_text("utf-8")
    for name in (await exported(world)).keys() - FOREIGN.keys():
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        assert f"`{base}" in page, f"{base} is not in docs/observing.md"


@pytest.mark.parametrize("job", PROMETHEUS["scrape_configs"], ids=lambda job: job["job_name"])
def test_prometheus_looks_where_the_processes_serve(job: dict[str, Any]) -> None:
    [place] = job["dns_sd_configs"]
    [name] = place["names"]
    variables = COMPOSE["services"][name]["environment"] if name != "api" else {}
    shared = COMPOSE["x-picrete"]["environment"] | variables
    ports = {"api": Settings.model_construct().http.port, "worker": "WORKER_PORT", "bot": "BOT_PORT"}
    port = ports[name] if name == "api" else shared[f"PICRETE_METRICS__{ports[name]}"]
    assert place["port"] == port and shared["PICRETE_METRICS__HOST"] == "0.0.0.0"
    token = job["authorization"]["credentials_file"].rsplit("/", 1)[-1]
    assert COMPOSE["secrets"][token] == {"environment": "PICRETE_METRICS__TOKEN"}


@pytest.mark.parametrize("name", ["prometheus", "grafana"])
def test_whoever_watches_is_only_there_when_asked_for(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["profiles"] == ["observe"] and all(port.startswith("127.0.0.1:") for port in service["ports"])
    for secret in service["secrets"]:
        assert COMPOSE["secrets"][secret].keys() == {"environment"}
    for volume in service["volumes"]:
        source, _, rest = volume.partition(":")
        assert (
            (ROOT / source).is_file() and rest.endswith(":ro")
            if source.startswith("./")
            else source in COMPOSE["volumes"]
        )
