"""Texts from Markdown to HTML: headings, paragraphs, lists, emphasis and safe links; no raw HTML, no images.

Whoever writes a text at the desk can put no script on a page, whatever they type.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension, slugify
from markdown.treeprocessors import Treeprocessor

NUMBERED = re.compile(r"(\d+)\.")
# What a link may begin with. An address is not parsed but matched: what a browser reads in it after decoding entities,
# backslashes and control characters is not what a parser reads before.
SAFE_ADDRESS = re.compile(r"(https://|mailto:|tel:|/(?![/\\])|#)[^\s\x00-\x1f\\<>\"']*", re.ASCII | re.IGNORECASE)
# What would pass HTML through, or fetch something.
UNSAFE_PATTERNS = ("html", "image_link", "image_reference", "short_image_ref", "autolink", "automail")
# What the library marks its own places with, or paper and XML cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HEADINGS = {"h2": 2, "h3": 2, "h4": 3, "h5": 4}
LISTS = {"ul": "list", "ol": "numbers"}

Block = dict[str, Any]


@lru_cache(maxsize=256)
def as_html(text: str, level: int = 2) -> SafeString:
    """Markdown as HTML; any HTML in it is shown as typed. `level`: of the heading that `#` makes, but never h1."""
    # Everything but Markdown's own tags was escaped or left out.
    return mark_safe(_convert(text, level))  # noqa: S308


def as_blocks(text: str) -> list[Block]:
    """The same for paper: headings, paragraphs, lists and numbered lists, each in runs of one style."""
    return list(_blocks(fromstring(f"<root>{_convert(text, 2)}</root>")))  # noqa: S314 - our own well-formed markup


def _convert(text: str, level: int) -> str:
    converter = Markdown(extensions=[TocExtension(baselevel=level, slugify=_anchor), _Plain()], output_format="xhtml")
    return converter.convert(CONTROL.sub("", text))


def _anchor(heading: str, separator: str) -> str:
    """`section-5` for « 5. Vos données personnelles »: the same in every language, for links from elsewhere."""
    number = NUMBERED.match(heading)
    return f"section{separator}{number[1]}" if number else slugify(heading, separator)


class _Plain(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.preprocessors.deregister("html_block")
        for name in UNSAFE_PATTERNS:
            md.inlinePatterns.deregister(name)
        md.treeprocessors.register(_SafeLinks(md), "safe_links", 0)


class _SafeLinks(Treeprocessor):
    """`javascript:` and its like lose their address; the page's one h1 is its title."""

    def run(self, root: Element) -> Any:
        for heading in root.iter("h1"):
            heading.tag = "h2"
        for link in root.iter("a"):
            if not SAFE_ADDRESS.fullmatch(link.get("href", "").strip()):
                link.attrib.pop("href", None)


def _blocks(root: Element) -> Iterator[Block]:
    for element in root:
        if element.tag in HEADINGS:
            yield {"kind": "heading", "level": HEADINGS[element.tag], "runs": list(_runs(element))}
        elif element.tag in LISTS:
            yield {"kind": LISTS[element.tag], "items": [list(_runs(item)) for item in element]}
        else:
            yield {"kind": "paragraph", "runs": list(_runs(element))}


def _runs(element: Element, **around: Any) -> Iterator[Block]:
    """The element's text in pieces of one style each."""
    own: dict[str, Block] = {
        "strong": {"strong": True},
        "em": {"emphasis": True},
        "a": {"link": element.get("href", "")},
    }
    style = {"strong": False, "emphasis": False, "link": "", **around, **own.get(element.tag, {})}
    if element.text:
        yield {"text": element.text, **style}
    for child in element:
        yield from _runs(child, **style)
        if child.tail:
            yield {"text": child.tail, **style}
