"""The documentation becomes a site without a warning, needs nothing from elsewhere, and links to what there is."""

import asyncio
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from picrete_gql.commands import reference
from tests.docs.pages import DOCS, ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# Folders that Git tracks and files beside the documentation.
CODE = re.compile(r"`{1,3}[^`]*`{1,3}", re.DOTALL)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built strictly: an unknown page, an unknown anchor or a page that nobody lists is a failure."""
    out = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-b", "html", str(DOCS), str(out)]
    done = subprocess.run([*build, "-d", str(out / ".doctrees")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


class Page(HTMLParser):
    """The ids of a page, its links, and what it makes a browser fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") != "canonical":
            self.fetched.append(given.get("href", ""))
        if tag in ("script", "img", "iframe", "source"):
            self.fetched.append(given.get("src", ""))


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    pages = {path: Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 25
    dead = []
    for path, page in pages.items():
        for link in page.links:
            to = urlsplit(link)
            if to.scheme or to.netloc or not link:
                continue
            target = (path.parent / unquote(to.path)).resolve() if to.path else path
            if not target.exists() or (target in pages and to.fragment and to.fragment not in pages[target].ids):
                dead.append(f"{path.relative_to(site)}: {link}")
    assert not dead, dead


def test_a_browser_fetches_nothing_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        fetched = Page(path.read_text("utf-8")).fetched
        assert not [one for one in fetched if urlsplit(one).netloc], path
    for path in site.rglob("*.css"):
        assert not re.findall(r"url\(\s*['\"]?https?:|@import\s+['\"]?https?:", path.read_text("utf-8")), path
    assert "mermaid.tiny.js" in (site / "concepts" / "states.html").read_text("utf-8")
    assert "mermaid.tiny.js" not in (site / "index.html").read_text("utf-8")


def test_every_page_is_in_the_navigation(site: Path) -> None:
    home = Page((site / "index.html").read_text("utf-8")).links
    listed = {(site / urlsplit(link).path).resolve() for link in home if not urlsplit(link).scheme}
    decisions = Page((site / "decisions" / "index.html").read_text("utf-8")).links
    listed |= {(site / "decisions" / urlsplit(link).path).resolve() for link in decisions if not urlsplit(link).scheme}
    sources = [path for path in DOCS.rglob("*.md") if "_static" not in path.parts]
    missing = [p for p in sources if (site / p.relative_to(DOCS)).with_suffix(".html").resolve() not in listed]
    assert not [path for path in missing if path != DOCS / "index.md"]


@pytest.mark.parametrize("page", ["README.md", "benchmarks/README.md", "examples/README.md"])
def test_links_of_a_readme_lead_somewhere(page: str) -> None:
    file = ROOT / page
    text = CODE.sub("", file.read_text("utf-8"))
    inside = [link for link in LINK.findall(text) if not urlsplit(link).scheme]
    assert not [link for link in inside if not (file.parent / unquote(urlsplit(link).path)).exists()]
    for link in inside:
        to = urlsplit(link)
        if to.fragment and to.path.endswith(".md"):
            heads = re.findall(r"^#+ (.*)$", (file.parent / to.path).read_text("utf-8"), re.MULTILINE)
            assert to.fragment in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, link


async def test_what_the_code_writes_is_fresh() -> None:
    for file, text in (await asyncio.to_thread(reference.pages)).items():
        assert (ROOT / file).read_text("utf-8") == text, "run `picrete reference`"


def test_the_pages_of_the_code_hold_what_the_code_has() -> None:
    made = {file.name: text for file, text in reference.pages().items()}
    assert "| `attempt` |  |  | own | any |  |" in made["permissions.md"]
    assert "| `Submission.grade` |  |  | released | any |  |" in made["permissions.md"]
    assert "| `PhotoLimitReached` | `CONFLICT` | `limit` |" in made["refusals.md"]
    assert "`PICRETE_PRIVACY__IMAGES_DAYS`" in made["settings.md"]
