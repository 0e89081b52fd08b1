"""Limits that must fit into one another: what one of them allows must not be refused by another with a wrong reason."""

from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

if TYPE_CHECKING:
    from . import Settings

# The door counts bytes before anybody knows what they are.
INSIDE = (
    ("photos", "max_bytes", "http", "max_file_bytes"),
    ("materials", "max_bytes", "http", "max_file_bytes"),
    ("http", "max_file_bytes", "http", "max_body_bytes"),
)


def ensure_fitting(settings: "Settings") -> None:
    """Raises ValidationError, which names the smaller and the larger one."""
    wrong = []
    for group, name, outer, bound in INSIDE:
        here, most = getattr(getattr(settings, group), name), getattr(getattr(settings, outer), bound)
        if here > most:
            facts = {"here": here, "most": most, "bound": f"PICRETE_{outer}__{bound}".upper()}
            says = PydanticCustomError("too_large", "{here} is larger than {bound}, which is {most}", facts)
            wrong.append(InitErrorDetails(type=says, loc=(group, name), input=here))
    if wrong:
        raise ValidationError.from_exception_data("Settings", wrong)
