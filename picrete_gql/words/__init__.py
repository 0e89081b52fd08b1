"""What the bot and its notices say, one file per language."""

from picrete_gql.problems import Locale

from ._form import Words
from .en import EN
from .ru import RU

__all__ = ["Words", "words"]


def words(locale: Locale) -> Words:
    """The sentences of a language."""
    return RU if locale is Locale.RU else EN
