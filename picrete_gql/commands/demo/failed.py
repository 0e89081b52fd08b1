"""What the demo insists on."""


class Failed(Exception):
    """A step did not happen as it must. The message says which, and what was seen instead."""


def expect(holds: object, sentence: str) -> None:
    """Raises Failed with the sentence unless it holds."""
    if not holds:
        raise Failed(sentence)
