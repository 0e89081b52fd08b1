"""Reading pages on this machine, without a key."""

from picrete_gql.gateways.ocr import Block, Recognition, Ticket, plain
from picrete_gql.gateways.ocr.readers import Readers
from picrete_gql.gateways.ocr.reading.lines import Line
from picrete_gql.problems import Refused, Unavailable


class Local:
    """An engine that works on the spot: `submit` hands nothing in, `collect` reads."""

    def __init__(
        self, engine: str, model: str, arguments: tuple[str, ...] = (), *, parallel: int, seconds: float
    ) -> None:
        """`arguments` go to `reading`; at most `parallel` pages at a time, each at most `seconds`."""
        self.engine = engine
        self.model = model
        self._readers = Readers((engine, *arguments), what=engine, parallel=parallel, seconds=seconds)

    async def submit(self, image: bytes) -> Ticket | None:
        """None: there is nothing to resume."""
        return None

    async def collect(self, ticket: Ticket | None, image: bytes) -> Recognition:
        """Read the page. Raises Refused when it is no image, Unavailable when the reader died or was too slow."""
        answer = await self._readers.ask(image)
        if "refused" in answer:
            raise Refused(self.engine, str(answer["refused"]))
        if "failed" in answer:
            raise Unavailable(self.engine, str(answer["failed"]))
        return recognition(answer["lines"], engine=self.engine, model=self.model)

    async def close(self) -> None:
        """Stop the readers."""
        await self._readers.close()


def recognition(lines: list[Line], *, engine: str, model: str) -> Recognition:
    """Lines as blocks. Nothing is corrected or added; a line without a letter or digit is a stain and left out."""
    blocks: list[Block] = []
    for line in lines:
        text = " ".join(plain.clean(line["text"]).split())
        if any(map(str.isalnum, text)):
            polygon = tuple((x, y) for x, y in line["polygon"])
            blocks.append(Block(f"line-{len(blocks) + 1}", "Line", text, polygon, line["confidence"]))
    return Recognition(
        # Two spaces end a line in Markdown without ending the paragraph.
        markdown="  \n".join(block.text for block in blocks),
        text="\n".join(block.text for block in blocks),
        blocks=tuple(blocks),
        engine=engine,
        model=model,
        quality=quality(blocks),
    )


def quality(blocks: list[Block]) -> float | None:
    """Mean confidence, a long line counting more; None for an empty page."""
    letters = sum(len(block.text) for block in blocks)
    return sum((block.confidence or 0) * len(block.text) for block in blocks) / letters if letters else None
