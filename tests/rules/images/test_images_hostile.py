"""Bytes that nobody made on purpose, and many photos at once."""

import random
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picrete_gql.problems import Problem
from picrete_gql.rules.images import Prepared, prepare
from picrete_gql.settings import Photos
from tests import images

LIMITS = Photos(max_pixels=2_000_000)
SEEDS = ["jpeg with everything", "jpeg progressive", "png alpha", "png 16 bit", "png palette", "webp", "heic"]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, a piece lost or doubled; the head is hit more often than the rest."""
    body = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 40))):
        reach = rng.choice((64, 600, len(body)))
        body[rng.randrange(min(reach, len(body)))] = rng.choice((0, 0xFF, 0x80, rng.randrange(256)))
    if rng.random() < 0.3:
        at, length = rng.randrange(len(body)), rng.randrange(1, 200)
        body[at : at + length] = b"" if rng.random() < 0.5 else bytes(body[at : at + length]) * 2
    return bytes(body)


def taken_or_refused(data: bytes) -> Prepared | Problem:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow comments on broken EXIF
        try:
            return prepare(data, limits=LIMITS)
        except Problem as problem:
            return problem


@pytest.mark.parametrize("name", SEEDS)
def test_broken_files_are_taken_or_refused_and_nothing_else(name: str) -> None:
    data, rng = images.GOOD[name](), random.Random(name)
    outcomes = [taken_or_refused(mutated(data, rng)) for _ in range(300)]
    assert any(isinstance(outcome, Problem) for outcome in outcomes)
    for outcome in outcomes:
        if isinstance(outcome, Prepared):
            assert outcome.width * outcome.height <= LIMITS.max_pixels


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF....WEBPVP8X", b"\0\0\0\x1cftypheic"]),
    st.binary(),
)
def test_any_bytes_are_refused(start: bytes, rest: bytes) -> None:
    assert isinstance(taken_or_refused(start + rest), Problem)


def test_many_threads_give_what_one_gives() -> None:
    bodies = [make() for make in images.GOOD.values()] * 4
    alone = [prepare(body, limits=LIMITS) for body in bodies]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda body: prepare(body, limits=LIMITS), bodies))
    assert together == alone
