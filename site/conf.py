"""How Sphinx makes the site out of the pages that `tools.site` writes."""

from __future__ import annotations

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

project = "The classic convolutional networks"
author = ""
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "The classic convolutional networks, and why 1×1 matters"
html_favicon = "static/icon.svg"
html_static_path = ["static"]
html_css_files = ["picture.css", "site.css"]
html_js_files = [("explorers.js", {"type": "module"})]
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"
pygments_style, pygments_dark_style = "default", "monokai"
suppress_warnings = ["myst.header", "misc.highlighting_failure"]


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(convert(node.astext(), display="inline"))
    raise nodes.SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(convert(node.astext(), display="block"))
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Formulas are MathML, which browsers draw by themselves."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
