"""A Bot API server on loopback, with people at their phones, in place of Telegram: for the demo and for tests."""

from .people import NotHeard, Person
from .server import TOKEN, BotApi

__all__ = ["TOKEN", "BotApi", "NotHeard", "Person"]
