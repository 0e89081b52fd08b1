"""Photos and image files: where they shall go is settled now, they are carried there right after."""

from uuid import UUID

from aiogram import F, Router
from aiogram.types import Message

from picrete_gql.resolvers import attempts
from picrete_gql.resolvers.telegram_updates import Received
from picrete_gql.rules.images import ImageTooLarge
from picrete_gql.rules.photos import filename

from ._talk import Talk

GROUP_CHARS, FILE_CHARS = 64, 256


async def on_photo(message: Message, talk: Talk) -> None:
    """A photo comes in several sizes: the largest one counts."""
    largest = max(message.photo or [], key=lambda size: size.width * size.height)
    await _receive(message, talk, largest.file_id, f"telegram-{message.message_id}.jpg", largest.file_size)


async def on_document(message: Message, talk: Talk) -> None:
    """A file: whether it is an image is decided by looking into it, not by its name."""
    assert message.document is not None
    name = filename(message.document.file_name)
    await _receive(message, talk, message.document.file_id, name, message.document.file_size)


async def on_part(message: Message, talk: Talk) -> None:
    """Something else within an album: it is refused there, in the one answer of the album."""
    talk.received = _received(message, talk, "", "", None, talk.words.only_photos)


async def _receive(message: Message, talk: Talk, file: str, name: str, size: int | None) -> None:
    attempt_id, refusal = await _target(talk)
    most = talk.runtime.settings.photos.max_bytes
    if refusal is None and (size or 0) > most:
        refusal = ImageTooLarge(most).say(talk.locale)
    elif refusal is None and len(file) > FILE_CHARS:
        refusal = talk.words.not_downloaded
    talk.received = _received(message, talk, file[:FILE_CHARS], name, attempt_id, refusal)


async def _target(talk: Talk) -> tuple[UUID | None, str | None]:
    """The chosen attempt, or the only one that is open; else why there is none."""
    if talk.link is None:
        return None, talk.words.sign_in_first
    if talk.link.attempt_id is not None:
        return talk.link.attempt_id, None
    mine = await attempts.open_ones(talk.context)
    if len(mine) == 1:
        return mine[0].id, None
    return None, talk.words.choose_first if mine else talk.words.works_none


def _received(
    message: Message, talk: Talk, file: str, name: str, attempt_id: UUID | None, refusal: str | None
) -> Received:
    group = message.media_group_id[:GROUP_CHARS] if message.media_group_id else None
    account_id = talk.who.account.id if talk.who else None
    return Received(file, name, group, account_id, attempt_id, talk.locale, refusal)


def room() -> Router:
    """Whatever carries a file."""
    router = Router(name="files")
    router.message.register(on_photo, F.photo)
    router.message.register(on_document, F.document)
    router.message.register(on_part, F.media_group_id)
    return router
