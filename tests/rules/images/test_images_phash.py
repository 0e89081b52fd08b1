"""The perceptual hash tells the same page from another one."""

from itertools import combinations
from math import cos, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from picrete_gql.rules.images import phash, phash_distance, prepare
from picrete_gql.settings import Photos
from tests import images

SIGNED = st.integers(-(2**63), 2**63 - 1)
COPIES = {
    "smaller": lambda page: page.resize((300, 400)),
    "darker": lambda page: ImageEnhance.Brightness(page).enhance(0.7),
    "grey": lambda page: page.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_near(copy: str) -> None:
    page = images.page(5)
    assert phash_distance(phash(page), phash(COPIES[copy](page))) <= 6


def test_compression_hardly_matters() -> None:
    page = images.page(5)
    low = prepare(images.jpeg(page, quality=25), limits=Photos())
    high = prepare(images.png(page), limits=Photos())
    assert phash_distance(low.phash, high.phash) <= 4


def test_other_pages_are_far() -> None:
    hashes = [phash(images.page(seed)) for seed in range(12)]
    assert min(phash_distance(a, b) for a, b in combinations(hashes, 2)) > 10


def test_an_even_picture_has_no_bits() -> None:
    assert {phash(Image.new("RGB", (300, 200), colour)) for colour in ("white", "black", (13, 77, 201))} == {0}


def test_half_of_the_bits_are_set_and_the_sign_is_one_of_them() -> None:
    hashes = [phash(images.page(seed)) for seed in range(40)]
    assert all(28 <= phash_distance(0, value) <= 32 for value in hashes)
    assert any(value < 0 for value in hashes) and any(value > 0 for value in hashes)
    assert all(-(2**63) <= value < 2**63 for value in hashes)


def test_a_single_wave_sets_its_own_bit() -> None:
    """cos(3·π·(2x+1)/64) across, cos(5·π·(2y+1)/64) down: the bit of row 5, column 3 of the 8×8."""
    grey = [
        round(128 + 100 * cos(3 * pi * (2 * x + 1) / 64) * cos(5 * pi * (2 * y + 1) / 64))
        for y in range(32)
        for x in range(32)
    ]
    wave = Image.frombytes("L", (32, 32), bytes(grey)).convert("RGB")
    assert phash(wave) >> (63 - (4 * 8 + 2)) & 1


@pytest.mark.parametrize("share", [0.01, 0.02])
def test_a_slightly_cropped_copy_is_near(share: float) -> None:
    page = images.page(5)
    w, h = page.size
    assert phash_distance(phash(page), phash(page.crop((round(w * share), 0, w, round(h * (1 - share)))))) <= 14


@given(SIGNED, SIGNED, SIGNED)
def test_distance_is_a_metric(a: int, b: int, c: int) -> None:
    assert phash_distance(a, a) == 0
    assert 0 <= phash_distance(a, b) == phash_distance(b, a) <= 64
    assert phash_distance(a, c) <= phash_distance(a, b) + phash_distance(b, c)


def test_the_sign_bit_counts_as_one() -> None:
    assert phash_distance(0, -1) == 64
    assert phash_distance(-(2**63), 0) == 1
