"""Which language model this process talks to."""

from picrete_gql import settings

from . import Llm
from .openai_compatible import OpenAiCompatible


def open_llm(config: settings.Llm) -> Llm | None:
    """The model of the settings, or None without a key: then the deterministic checks stand alone (engine `rules`).

    Nothing is connected or imported before the first question.
    """
    return OpenAiCompatible(config) if config.key.get_secret_value().strip() else None
