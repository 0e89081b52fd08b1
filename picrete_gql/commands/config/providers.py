"""Who reads, who prechecks, who carries messages: what is missing for it, and keys that travel in clear."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from .parts import grave, is_near, variable


def findings(settings: Settings) -> Iterator[Finding]:
    """All of it."""
    ocr, llm, telegram = settings.ocr, settings.llm, settings.telegram
    if ocr.provider == "datalab" and not ocr.key.get_secret_value():
        says = "is not set, but DataLab shall read the pages."
        yield Finding(Level.WARNING, variable("ocr.key"), says, "Set it, or PICRETE_OCR__PROVIDER=local.")
    if ocr.provider == "local":
        says = "is local: Tesseract reads print well and handwriting badly."
        yield Finding(Level.HINT, variable("ocr.provider"), says, "Set datalab with its key for handwriting.")
    if not llm.key.get_secret_value():
        says = "is not set: points are proposed by the deterministic checks alone."
        yield Finding(Level.WARNING, variable("llm.key"), says, "Set it with PICRETE_LLM__MODEL and PICRETE_LLM__URL.")
    if not telegram.token.get_secret_value():
        yield Finding(Level.HINT, variable("telegram.token"), "is not set: there is no bot.", "See docs/bot.md.")
    keys = {
        "ocr.url": (ocr.url, ocr.key.get_secret_value() if ocr.provider == "datalab" else ""),
        "llm.url": (llm.url, llm.key.get_secret_value()),
        "telegram.url": (telegram.url, telegram.token.get_secret_value()),
        "tracing.endpoint": (settings.tracing.endpoint, settings.tracing.headers.get_secret_value()),
    }
    for path, (url, key) in keys.items():
        yield from _carried(settings, path, url, key)


def _carried(settings: Settings, path: str, url: str, key: str) -> Iterator[Finding]:
    scheme, host = urlsplit(url).scheme, urlsplit(url).hostname
    if key and (scheme not in ("http", "https") or not host):
        yield Finding(Level.ERROR, variable(path), "is no http(s) address.", "Delete the line for the default.")
    elif key and scheme == "http" and not is_near(url):
        yield Finding(grave(settings), variable(path), "is http: the key would travel in clear.", "Use https.")
