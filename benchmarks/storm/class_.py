"""The students of the storm: attempts with photos that all end at one moment."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from benchmarks.site import Person, Site
from picrete_gql.models import Attempt, Photo, PhotoStatus, UploadSource, Work
from picrete_gql.problems import Unavailable
from tests import images

WORKERS = 16


async def papers(site: Site, work: Work, people: Sequence[Person], pages: int, ends: datetime) -> list[Attempt]:
    """An attempt of each that ends then, with its photos in the store."""
    attempts = await site.attempts(work, people)
    async with site.runtime.sessions() as session:
        for attempt in attempts:
            attempt.expires_at = ends
            session.add(await session.merge(attempt))
        await session.commit()
    photos = [_photo(attempt, number) for attempt in attempts for number in range(1, pages + 1)]
    await site.store(photos)
    places, page = asyncio.Semaphore(WORKERS), images.jpeg(images.page())

    async def put(photo: Photo) -> None:
        # Bytes behind the end of a JPEG make it another file and the same picture.
        async with places:
            while True:
                try:
                    await site.runtime.gateways.storage.put(photo.key, page + photo.id.bytes, "image/jpeg")
                    return
                except Unavailable:
                    # The store of the benchmark stumbles over two new folders at once.
                    await asyncio.sleep(0.05)

    await asyncio.gather(*(put(photo) for photo in photos))
    return attempts


def _photo(attempt: Attempt, number: int) -> Photo:
    photo = Photo(
        course_id=attempt.course_id,
        work_id=attempt.work_id,
        attempt_id=attempt.id,
        student_id=attempt.student_id,
        number=number,
        filename=f"{number}.jpg",
        source=UploadSource.WEB,
        status=PhotoStatus.PENDING,
        size=1,
        created_at=attempt.started_at,
        uploaded_at=attempt.started_at,
    )
    photo.sha256 = sha256(photo.id.bytes).hexdigest()
    return photo
