"""The chat door: a message in, a resolver, a sentence out. Only the bot's own process comes here."""

from ._listen import Listener

__all__ = ["Listener"]
