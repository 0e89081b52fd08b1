"""How the documentation becomes a site: Sphinx, MyST, Furo; nothing is fetched from elsewhere."""

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
    return {"parallel_read_safe": True, "parallel_write_safe": True}
