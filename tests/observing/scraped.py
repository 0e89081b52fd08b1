"""What a scrape says, as numbers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-token-of-the-tests"
BEARER = {"authorization": f"Bearer {TOKEN}"}
Key = tuple[str, frozenset[tuple[str, str]]]


def numbers(families: Iterable[Any]) -> dict[Key, float]:
    """Every sample by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


class Scrape:
    """One answer of `/metrics`."""

    def __init__(self, answer: httpx2.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.text = answer.text
        self.found = numbers(text_string_to_metric_families(answer.text))

    def __call__(self, metric: str, /, **labels: str) -> float | None:
        return self.found.get((metric, frozenset(labels.items())))


def counted(metric: str, /, **labels: str) -> float:
    """A number of this very process."""
    return REGISTRY.get_sample_value(metric, labels) or 0.0


@contextmanager
def grows(by: float, metric: str, /, **labels: str) -> Iterator[None]:
    """A number grows by so much within the block."""
    before = counted(metric, **labels)
    yield
    assert counted(metric, **labels) - before == by, (metric, labels, counted(metric, **labels) - before)
