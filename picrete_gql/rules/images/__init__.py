"""What a photo must be, and how it is made ready to be stored."""

from picrete_gql.rules.images.phash import phash, phash_distance
from picrete_gql.rules.images.prepare import Prepared, prepare
from picrete_gql.rules.images.problems import (
    ImageAnimated,
    ImageDamaged,
    ImageEmpty,
    ImageNotAnImage,
    ImageTooLarge,
    ImageTooLong,
    ImageTooManyPixels,
    ImageTooSmall,
    ImageUnsupported,
)

__all__ = [
    "ImageAnimated",
    "ImageDamaged",
    "ImageEmpty",
    "ImageNotAnImage",
    "ImageTooLarge",
    "ImageTooLong",
    "ImageTooManyPixels",
    "ImageTooSmall",
    "ImageUnsupported",
    "Prepared",
    "phash",
    "phash_distance",
    "prepare",
]
