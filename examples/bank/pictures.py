"""The pictures of the example bank: curves and schemes, drawn large and made small, so that the lines are smooth."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parent.parent / "fonts" / "PlaypenSans.ttf"
SCALE, WIDTH, HEIGHT = 3, 720, 480
INK, BLUE, RED, GREY = "#222222", "#1f5fa8", "#b03030", "#d5d5d5"
Point = tuple[float, float]


class Sheet:
    """A white sheet with a hand for lines and letters; all measures in pixels of the finished picture."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.font = ImageFont.truetype(str(FONT), 18 * SCALE)

    def line(self, points: Sequence[Point], colour: str = INK, width: float = 2) -> None:
        """Through all points."""
        places = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(places, fill=colour, width=round(width * SCALE), joint="curve")

    def box(self, left: float, top: float, right: float, bottom: float, fill: str | None = None) -> None:
        """A rectangle."""
        self.draw.rectangle([v * SCALE for v in (left, top, right, bottom)], fill, INK, 2 * SCALE)

    def write(self, x: float, y: float, text: str, anchor: str = "mm", colour: str = INK) -> None:
        """Letters at a point."""
        self.draw.text((x * SCALE, y * SCALE), text, colour, self.font, anchor)

    def arrow(self, start: Point, end: Point, colour: str = INK) -> None:
        """A line with a head at its end."""
        turn = math.atan2(end[1] - start[1], end[0] - start[0])
        self.line([start, end], colour)
        for side in (2.6, -2.6):
            self.line([end, (end[0] + 12 * math.cos(turn + side), end[1] + 12 * math.sin(turn + side))], colour)

    def save(self, path: Path) -> None:
        """As a PNG of the finished size."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(32).save(path, optimize=True)


class Plot(Sheet):
    """Axes with a grid over given ranges."""

    def __init__(self, x: Sequence[float], y: Sequence[float], across: str, up: str) -> None:
        super().__init__()
        self.x, self.y = x, y
        for value in x:
            self.line([self.at(value, y[0]), self.at(value, y[-1])], GREY, 1)
            self.write(self.at(value, y[0])[0], HEIGHT - 52, f"{value:g}")
        for value in y:
            self.line([self.at(x[0], value), self.at(x[-1], value)], GREY, 1)
            self.write(66, self.at(x[0], value)[1], f"{value:g}", "rm")
        self.arrow(self.at(x[0], y[0]), (WIDTH - 14, self.at(x[0], y[0])[1]))
        self.arrow(self.at(x[0], y[0]), (self.at(x[0], y[0])[0], 26))
        self.write(WIDTH - 20, HEIGHT - 22, across, "rm")
        self.write(90, 22, up, "lm")

    def at(self, x: float, y: float) -> Point:
        """Where a value lies on the sheet."""
        across = (x - self.x[0]) / (self.x[-1] - self.x[0])
        up = (y - self.y[0]) / (self.y[-1] - self.y[0])
        return 76 + across * (WIDTH - 120), HEIGHT - 70 - up * (HEIGHT - 125)

    def curve(self, of: Callable[[float], float], start: float, end: float, colour: str = BLUE) -> None:
        """A function, in small steps."""
        steps = [start + (end - start) * n / 300 for n in range(301)]
        self.line([self.at(x, of(x)) for x in steps], colour, 3)


def solubility(values: dict[int, float]) -> Plot:
    """Solubility over temperature: a smooth curve (Lagrange) through the given points."""
    sheet = Plot(range(0, 81, 10), range(0, 181, 20), "t, °C", "г KNO3 на 100 г воды")

    def through(x: float) -> float:
        parts = (y * math.prod((x - o) / (at - o) for o in values if o != at) for at, y in values.items())
        return sum(parts)

    sheet.curve(through, min(values), max(values))
    for x, y in values.items():
        if x in (20, 40, 60):
            left, top = sheet.at(x, y)
            sheet.line([(left - 4, top), (left + 4, top)], RED, 8)
            sheet.write(left - 12, top - 16, f"{y:g}", "rm", RED)
    return sheet


def titration() -> Plot:
    """pH over the volume of NaOH: the end point is at 20 ml."""
    sheet = Plot(range(0, 41, 5), range(0, 15, 2), "V(NaOH), мл", "pH")

    def ph(volume: float) -> float:
        excess = (0.1 * (20 - volume)) / (25 + volume)
        hydrogen = excess / 2 + math.sqrt(excess**2 / 4 + 1e-14)
        return -math.log10(hydrogen)

    sheet.curve(ph, 0, 40)
    sheet.line([sheet.at(20, 0), sheet.at(20, 14)], RED, 1)
    return sheet


def energy() -> Plot:
    """Energy along a reaction: 120 up, 200 down."""
    sheet = Plot([0, 1], range(0, 241, 40), "ход реакции", "E, кДж/моль")

    def height(x: float) -> float:
        if x < 0.5:
            return 100 + 120 * math.sin(math.pi * min(1, max(0, (x - 0.15) / 0.35)) / 2) ** 2
        return 20 + 200 * math.cos(math.pi * min(1, max(0, (x - 0.5) / 0.35)) / 2) ** 2

    sheet.curve(height, 0.02, 0.98)
    sheet.write(*sheet.at(0.03, 82), "исходные вещества: 100", "lm")
    sheet.write(*sheet.at(0.5, 230), "220")
    sheet.write(*sheet.at(0.99, 38), "продукт: 20", "rm")
    return sheet


def cell() -> Sheet:
    """A copper-zinc cell with a salt bridge."""
    sheet = Sheet()
    for left, metal, name, salt in ((90, "#9aa3ab", "Zn", "ZnSO4"), (430, "#b87333", "Cu", "CuSO4")):
        sheet.box(left, 270, left + 200, 430, "#e9f2fb" if name == "Zn" else "#d5e8fb")
        sheet.line([(left, 230), (left, 430)], INK, 3)
        sheet.line([(left + 200, 230), (left + 200, 430)], INK, 3)
        sheet.box(left + 85, 150, left + 115, 390, metal)
        sheet.write(left + 100, 132, name)
        sheet.write(left + 100, 452, salt)
    sheet.line([(250, 340), (250, 200), (470, 200), (470, 340)], "#8a8a8a", 16)
    sheet.line([(250, 340), (250, 200), (470, 200), (470, 340)], "white", 11)
    sheet.write(360, 226, "солевой мостик")
    sheet.line([(190, 112), (190, 60), (325, 60)])
    sheet.line([(395, 60), (530, 60), (530, 112)])
    sheet.draw.ellipse([v * SCALE for v in (325, 25, 395, 95)], "white", INK, 2 * SCALE)
    sheet.write(360, 60, "V")
    return sheet


def gas_over_water() -> Sheet:
    """A flask with a bent tube, and a cylinder upside down in a bath."""
    sheet = Sheet()
    sheet.line([(120, 200), (120, 270), (60, 410), (220, 410), (160, 270), (160, 200)], INK, 3)
    sheet.line([(140, 330), (140, 130), (330, 130), (330, 400), (480, 400), (480, 370)], INK, 4)
    sheet.box(110, 185, 170, 205, "#8d6e53")
    sheet.box(290, 290, 660, 430, "#d5e8fb")
    sheet.box(440, 80, 540, 385, "white")
    sheet.box(440, 240, 540, 385, "#d5e8fb")
    for y in (340, 300, 262):
        sheet.draw.ellipse([v * SCALE for v in (480, y, 494, y + 14)], "white", BLUE, 2 * SCALE)
    sheet.line([(330, 280), (330, 400), (480, 400), (480, 370)], INK, 4)
    sheet.write(490, 150, "газ +")
    sheet.write(490, 176, "пар")
    sheet.write(600, 360, "вода")
    return sheet


def draw_all(folder: Path, solubility_of: dict[int, float]) -> None:
    """Every picture into the folder."""
    sheets = {
        "solubility": solubility(solubility_of),
        "titration": titration(),
        "energy": energy(),
        "cell": cell(),
        "gas-over-water": gas_over_water(),
    }
    for name, sheet in sheets.items():
        sheet.save(folder / f"{name}.png")
