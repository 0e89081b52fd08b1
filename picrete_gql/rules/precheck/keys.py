"""Short names under which the model sees criteria and blocks, so that no id of ours leaves the house."""

from collections.abc import Sequence

from .sheets import CriterionSheet, Page, TaskSheet


def criterion_key(task: TaskSheet, place: int) -> str:
    """The name of the criterion at this place (from 0) of the task's rubric: `t1c1`, `t1c2`, …"""
    return f"t{task.number}c{place + 1}"


def criterion_keys(tasks: Sequence[TaskSheet]) -> dict[str, CriterionSheet]:
    """The name of every criterion, in the order of the rubric.

    Raises ValueError when two tasks share a number or there is nothing to grade: the caller has mixed something up.
    """
    keys = {criterion_key(task, place): sheet for task in tasks for place, sheet in enumerate(task.criteria)}
    if not keys or len(keys) != sum(len(task.criteria) for task in tasks):
        raise ValueError("a precheck needs criteria, and task numbers that differ")
    return keys


def block_key(place: int) -> str:
    """The name of the block at this place (from 0) of its page: `b1`, `b2`, …"""
    return f"b{place + 1}"


def block_keys(page: Page) -> dict[str, str]:
    """`b1`, `b2`, … → the block's own id."""
    return {block_key(place): block.id for place, block in enumerate(page.blocks)}
