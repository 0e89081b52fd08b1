"""Who reads, who prechecks, who carries messages: are they there, do they know our key? Nothing here costs money."""

from collections.abc import AsyncIterator

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.gateways.llm.listing import models
from picrete_gql.gateways.ocr.choose import open_local
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.telegram import Telegram
from picrete_gql.problems import Refused
from picrete_gql.settings import Settings

OCR, LLM, TELEGRAM = "OCR", "model", "Telegram"


async def ocr(settings: Settings) -> AsyncIterator[Finding]:
    """Whether pages can be read. Raises Unavailable while the provider is away."""
    try:
        if settings.ocr.provider == "local":
            engine = open_local(settings.ocr)
            yield Finding(Level.OK, OCR, f"{engine.engine} reads on this machine: {engine.model}.")
            return
        datalab = Datalab(settings.ocr)
        try:
            await datalab.greet()
        finally:
            await datalab.close()
        yield Finding(Level.OK, OCR, "DataLab answers and knows the key.")
    except Refused as no:
        yield Finding(Level.ERROR, OCR, f"{no.detail}.", "Without it no page is read: see PICRETE_OCR__… settings.")


async def llm(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the model can be asked. Raises Unavailable while its server is away."""
    of = settings.llm
    if not of.key.get_secret_value().strip():
        yield Finding(Level.HINT, LLM, "no key: the deterministic checks stand alone.", "Set PICRETE_LLM__KEY.")
        return
    try:
        offered = await models(of)
    except Refused as no:
        hint = "Check PICRETE_LLM__KEY and PICRETE_LLM__URL. A few servers have no list of models."
        yield Finding(Level.ERROR if "401" in no.detail else Level.WARNING, LLM, f"{no.detail}.", hint)
        return
    if of.model in offered:
        yield Finding(Level.OK, LLM, f"{of.model} is offered, the key is known.")
    else:
        says = f"{of.model} is not among the {len(offered)} models that are offered."
        yield Finding(Level.WARNING, LLM, says, "Check PICRETE_LLM__MODEL.")


async def telegram(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the bot is known and nobody else takes its messages. Raises Unavailable while Telegram is away."""
    if not settings.telegram.token.get_secret_value():
        yield Finding(Level.HINT, TELEGRAM, "no token: there is no bot.", "See docs/bot.md.")
        return
    bot = Telegram(settings.telegram)
    try:
        yield Finding(Level.OK, TELEGRAM, f"knows the bot as @{await bot.me()}.")
        if await bot.webhook():
            says = "sends the bot's messages to a webhook, so `picrete bot` hears nothing."
            yield Finding(Level.ERROR, TELEGRAM, says, "Remove it with deleteWebhook of the Bot API.")
    except Refused as no:
        yield Finding(Level.ERROR, TELEGRAM, f"{no.detail}.", "Check PICRETE_TELEGRAM__TOKEN.")
    finally:
        await bot.close()
