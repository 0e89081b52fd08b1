"""What a provider said of a failure: `code` for a machine, `complaint` for the dialect, `words` for the log."""

import json
import re
from dataclasses import dataclass
from typing import Any

MOST = 500
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# A provider that refuses a key likes to repeat a part of it: "Incorrect API key provided: sk-ab***yz".
_KEY = re.compile(r"\bsk-[\w*.-]+|\bBearer\s+\S+|[^\s\"']*\*{3,}[^\s\"']*", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """`html` tells that a proxy spoke and not the service."""

    words: str
    complaint: str = ""
    code: str = ""
    html: bool = False


def read_failure(text: str, secret: str) -> Said:
    """Make out the body of an error: OpenAI's `error`, FastAPI's `detail`, a proxy's page, or plain words."""
    if text.lstrip()[:1] == "<":
        title = _TITLE.search(text)
        return Said(brief(f"HTML page “{_TAG.sub(' ', title[2] if title else text)}”", secret), html=True)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return Said(brief(text, secret), complaint=text[:MOST].lower())
    return said_in(body, secret)


def said_in(body: Any, secret: str) -> Said:
    """The same for a body that is parsed already."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return Said(brief(str(error), secret), complaint=str(error)[:MOST].lower())
    details = [_detail(item) for item in _list(error.get("detail"))]
    message = error.get("message") or "; ".join(details) or json.dumps(error, ensure_ascii=False)
    code = " ".join(str(error[key]) for key in ("code", "type") if error.get(key) is not None)
    # A relay (OpenRouter) wraps what the provider behind it said into metadata.raw.
    behind = error["metadata"].get("raw", "") if isinstance(error.get("metadata"), dict) else ""
    complaint = " ".join(str(part) for part in (error.get("param"), error.get("message"), *details, behind) if part)
    words = " ".join(str(part) for part in (message, behind, f"({code})" if code else "") if part)
    return Said(brief(words, secret), complaint.lower(), code.lower())


def brief(words: str, secret: str) -> str:
    """One bounded line without keys."""
    line = " ".join(words[: 4 * MOST].encode("utf-8", "replace").decode().split())
    return _KEY.sub("***", line.replace(secret, "***") if secret else line)[:MOST]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _detail(item: Any) -> str:
    # `input` is left out: it repeats the request, and with it words of the student.
    if not isinstance(item, dict):
        return str(item)
    return f"{'.'.join(str(part) for part in _list(item.get('loc')))}: {item.get('msg', '')}"
