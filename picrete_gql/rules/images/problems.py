"""Why a photo cannot be taken. Each refusal says what to do about it."""

from dataclasses import dataclass, field

from picrete_gql.problems import Code, Problem


@dataclass(eq=False)
class ImageEmpty(Problem):
    """The file has no bytes."""

    code = Code.INVALID_INPUT
    ru = "Файл пуст. Отправьте фотографию ещё раз."
    en = "The file is empty. Send the photo again."


@dataclass(eq=False)
class ImageTooLarge(Problem):
    """The file has more bytes than the `limit`."""

    limit: int
    megabytes: float = field(init=False)
    code = Code.INVALID_INPUT
    ru = "Файл больше {megabytes:g} МБ. Сделайте снимок поменьше."
    en = "The file is larger than {megabytes:g} MB. Take a smaller photo."

    def __post_init__(self) -> None:
        self.megabytes = round(self.limit / 1024 / 1024, 2)


@dataclass(eq=False)
class ImageTooManyPixels(Problem):
    """The header promises more `pixels` than the `limit`; nothing was decoded."""

    limit: int
    pixels: int
    megapixels: float = field(init=False)
    code = Code.INVALID_INPUT
    ru = "На снимке больше {megapixels:g} мегапикселей. Уменьшите разрешение камеры."
    en = "The photo has more than {megapixels:g} megapixels. Lower the resolution of the camera."

    def __post_init__(self) -> None:
        self.megapixels = round(self.limit / 1_000_000, 2)


@dataclass(eq=False)
class ImageTooSmall(Problem):
    """A side is shorter than `limit` pixels: nobody can read a solution there."""

    limit: int
    width: int
    height: int
    code = Code.INVALID_INPUT
    ru = "Снимок {width}×{height} слишком мал: нужно не меньше {limit} пикселей по каждой стороне."
    en = "The photo is too small ({width}×{height}): each side needs at least {limit} pixels."


@dataclass(eq=False)
class ImageTooLong(Problem):
    """A side is longer than `limit` pixels, the most that a JPEG can hold."""

    limit: int
    width: int
    height: int
    code = Code.INVALID_INPUT
    ru = "Снимок {width}×{height} слишком длинный: не больше {limit} пикселей по каждой стороне."
    en = "The photo is too long ({width}×{height}): at most {limit} pixels on each side."


@dataclass(eq=False)
class ImageNotAnImage(Problem):
    """The bytes are no picture at all, whatever the name of the file says."""

    code = Code.INVALID_INPUT
    ru = "Это не изображение. Отправьте фотографию: JPEG, PNG, WebP или HEIC."
    en = "This is not an image. Send a photo: JPEG, PNG, WebP or HEIC."


@dataclass(eq=False)
class ImageUnsupported(Problem):
    """A known `format` that is not taken."""

    format: str
    code = Code.INVALID_INPUT
    ru = "Формат {format} не принимается. Отправьте фотографию: JPEG, PNG, WebP или HEIC."
    en = "{format} is not accepted. Send a photo: JPEG, PNG, WebP or HEIC."


@dataclass(eq=False)
class ImageDamaged(Problem):
    """The file is cut off or its contents cannot be decoded."""

    code = Code.INVALID_INPUT
    ru = "Файл повреждён или загрузился не полностью. Отправьте фотографию ещё раз."
    en = "The file is damaged or arrived incomplete. Send the photo again."


@dataclass(eq=False)
class ImageAnimated(Problem):
    """Several frames that play: which of them is the page?"""

    code = Code.INVALID_INPUT
    ru = "Это анимация. Отправьте обычную фотографию."
    en = "This is an animation. Send an ordinary photo."
