"""The rooms of the chat door. The first that understands an update answers it."""

from aiogram import Dispatcher
from aiogram.fsm.storage.base import BaseStorage

from . import fallback, files, groups, login, notices, reviews, start, works

ROOMS = (groups, start, works, notices, reviews, login, files, fallback)


def dispatcher(storage: BaseStorage) -> Dispatcher:
    """A dispatcher with all rooms."""
    root = Dispatcher(storage=storage)
    root.include_routers(*(room.room() for room in ROOMS))
    return root
