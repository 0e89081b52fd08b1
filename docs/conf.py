"""How the documentation becomes a site: Sphinx, MyST, Furo; nothing is fetched from elsewhere."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

project, author = "picrete-gql", "the authors of picrete-gql"
extensions = ["myst_parser"]
exclude_patterns = ["_static", "schema", "pictures/*.py"]
source_suffix = {".md": "markdown"}
nitpicky = True
# Links are checked by their anchors too; a heading's anchor is the one that GitHub gives it.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
html_theme = "furo"
html_title = "picrete-gql"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_show_sphinx = html_show_copyright = False
pygments_style, pygments_dark_style = "tango", "monokai"
highlight_language = "text"


DOCS = Path(__file__).parent
HOME = "https://github.com/picrete/picrete-gql"
LINK = re.compile(r"\]\((\.\./[^)\s#]+)")


def lead_home(app: Sphinx, page: str, source: list[str]) -> None:
    """What a page links to beside the documentation lies in the repository; a dead link stays, and is a warning."""

    def lead(found: re.Match[str]) -> str:
        target = (DOCS / page).parent.joinpath(found[1]).resolve()
        if not target.exists() or DOCS in target.parents:
            return found[0]
        return f"]({HOME}/{'tree' if target.is_dir() else 'blob'}/main/{target.relative_to(DOCS.parent)}"

    source[0] = LINK.sub(lead, source[0])


class Mermaid(Directive):
    """A diagram, drawn in the browser by the copy of mermaid that lies beside the page."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The diagram's text as it is."""
        text = "\n".join(self.content)
        return [nodes.raw("", f'<pre class="mermaid">{escape(text)}</pre>', format="html")]


def escape(text: str) -> str:
    """Text for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bring_mermaid(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Three megabytes only for pages that have a diagram."""
    if 'class="mermaid"' in context.get("body", ""):
        app.add_js_file("mermaid.tiny.js")
        app.add_js_file("diagrams.js")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the diagrams."""
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", bring_mermaid)
    app.connect("source-read", lead_home)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
