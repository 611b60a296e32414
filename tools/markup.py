"""Markdown as HTML, with its mathematics as MathML, which browsers draw by themselves."""

from __future__ import annotations

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath


class MathMLRenderer(IPythonRenderer):
    """Jupyter's own rendering of Markdown, but for mathematics and the links at headings."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return convert(body.strip(), display="block")

    def inline_math(self, body: str) -> str:
        """A formula in the text."""
        return convert(body.strip(), display="inline")


def to_html(markdown: str) -> str:
    """The HTML of a cell's Markdown. A dollar sign in code is left alone."""
    return MarkdownWithMath(renderer=MathMLRenderer()).render(markdown)
