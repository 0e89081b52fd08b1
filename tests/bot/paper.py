"""Pages as a phone takes them, and a work that they are for."""

from tests import images
from tests.support.world import World


def page(number: int) -> bytes:
    """A page as a phone takes it."""
    return images.jpeg(images.page(number, size=(900, 1200)))


async def open_work(world: World, *students: str, **facts: object) -> object:
    """A work that is open for these students."""
    course = await world.course(f"chem-{students[0]}", "teacher", students)
    return await world.work(course, "teacher", **facts)
