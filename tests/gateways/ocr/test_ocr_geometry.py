"""Coordinates of a provider become 0..1 of the photo, whatever it sends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.gateways.ocr.answers import blocks_of, recognition
from picrete_gql.gateways.ocr.geometry import WHOLE, area, frame_of, place

FRAME = (100.0, 50.0, 300.0, 450.0)
BOX = [120, 90, 200, 130]
PLACED = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.2), (0.1, 0.2))
SLANTED = [[120, 90], [200, 94], [199, 134], [119, 130]]
junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 500) | st.floats(-1e9, 1e9) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=12,
)


def test_a_slanted_polygon_keeps_its_slant() -> None:
    assert place(SLANTED, BOX, FRAME) == ((0.1, 0.1), (0.5, 0.11), (0.495, 0.21), (0.095, 0.2))


@pytest.mark.parametrize(
    "polygon",
    [None, [], [[1, 2]], [[120, 90], [200, 90], ["x", 1]], [[120, 90]] * 4, "polygon", [[0, 0, 0]] * 4, {"0": [1, 2]}],
)
def test_without_a_polygon_the_box_is_used(polygon: Any) -> None:
    assert place(polygon, BOX, FRAME) == PLACED
    assert place(polygon, BOX[2:] + BOX[:2], FRAME) == PLACED


@pytest.mark.parametrize(
    "bbox", [None, [1, 2, 3], [None] * 4, [120, 90, 120, 130], [True, 1, 2, 3], [1e999] * 4, [0] * 4]
)
def test_without_either_it_is_the_whole_page(bbox: Any) -> None:
    assert place(None, bbox, FRAME) == WHOLE


def test_what_sticks_out_is_clamped_and_what_lies_outside_is_nowhere() -> None:
    assert place(None, [0, 0, 200, 900], FRAME) == ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
    assert place(None, [400, 500, 600, 700], FRAME) == WHOLE


@pytest.mark.parametrize(
    ("info", "frame"),
    [
        ({"bbox": [0, 0, 600, 800]}, (0, 0, 600, 800)),
        ({"bbox": None, "polygon": [[5, 5], [605, 5], [605, 805], [5, 805]]}, (5, 5, 605, 805)),
        ({"bbox": [0, 0, 0, 800]}, None),
        ({"bbox": "0 0 600 800"}, None),
        ({}, None),
        (None, None),
        ([0, 0, 600, 800], None),
    ],
)
def test_the_frame_of_a_page(info: Any, frame: Any) -> None:
    assert frame_of(info) == frame


@given(junk, junk, junk, junk)
def test_nothing_that_arrives_leaves_the_page(polygon: Any, bbox: Any, frame: Any, page: Any) -> None:
    placed = place(polygon, bbox, frame_of({"bbox": frame, "polygon": page}))
    assert len(placed) >= 3
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in placed)
    assert area(placed) > 0


def test_ids_are_unique_and_never_empty() -> None:
    entries = [{"id": "/page/0/Text/1"}, {"id": "/page/0/Text/1"}, {}, {"id": 5}, {"id": ""}, "junk", {"id": "block"}]
    blocks = blocks_of({"blocks": entries, "page_info": {}})
    ids = [block.id for block in blocks]
    assert len(set(ids)) == len(ids) == 6
    assert ids[0] == "/page/0/Text/1"
    assert all(ids)


def test_a_second_page_has_its_own_frame() -> None:
    entries = [{"id": "a", "page": 0, "bbox": [0, 0, 50, 50]}, {"id": "b", "page": 1, "bbox": [0, 0, 50, 50]}]
    info = {"0": {"bbox": [0, 0, 100, 100]}, "1": {"bbox": [0, 0, 200, 200]}}
    first, second = blocks_of({"blocks": entries, "page_info": info})
    assert (first.polygon[2], second.polygon[2]) == ((0.5, 0.5), (0.25, 0.25))


@given(
    st.dictionaries(
        st.sampled_from(["markdown", "chunks", "parse_quality_score", "total_cost", "cost_breakdown"]), junk
    )
)
def test_no_answer_breaks_the_reading(answer: dict[str, Any]) -> None:
    read = recognition(answer, engine="datalab", model="fast")
    assert read.quality is None or 0 <= read.quality <= 1
    assert read.cost is None or read.cost >= 0


@given(st.lists(st.dictionaries(st.sampled_from(["id", "html", "page", "polygon", "bbox", "block_type"]), junk) | junk))
def test_no_block_breaks_the_reading(entries: list[Any]) -> None:
    blocks = blocks_of({"blocks": entries, "page_info": {"0": {"bbox": [0, 0, 100, 100]}}})
    assert len({block.id for block in blocks}) == len(blocks)
