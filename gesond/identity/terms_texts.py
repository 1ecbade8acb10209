"""The terms from Markdown to HTML: headings, paragraphs, lists, emphasis and safe links; no raw HTML, no images."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension, slugify
from markdown.treeprocessors import Treeprocessor

from gesond.identity.models import TermsVersion
from gesond.identity.queries.terms import in_language

NUMBERED = re.compile(r"(\d+)\.")
SAFE_SCHEMES = {"", "https", "mailto", "tel"}
# What would pass HTML through, or fetch something.
UNSAFE_PATTERNS = ("html", "image_link", "image_reference", "short_image_ref", "autolink", "automail")


def terms_html(version: TermsVersion, language: str | None) -> SafeString:
    """The whole text, its own headings one level below the page's section."""
    return as_html(in_language(version.body, language))


def changes_html(version: TermsVersion, language: str | None) -> SafeString:
    """What is new in this version."""
    return as_html(in_language(version.changes, language))


@lru_cache(maxsize=32)
def as_html(text: str) -> SafeString:
    """Markdown as HTML; any HTML in it is shown as typed."""
    # Everything but Markdown's own tags was escaped or left out.
    return mark_safe(_markdown().convert(text))  # noqa: S308


def as_tree(text: str) -> Element:
    """The same as elements, for paper."""
    return fromstring(f"<root>{_markdown().convert(text)}</root>")  # noqa: S314 - our own well-formed markup


def _markdown() -> Markdown:
    return Markdown(extensions=[TocExtension(baselevel=2, slugify=_anchor), _Plain()], output_format="xhtml")


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
    """`javascript:` and its like lose their address."""

    def run(self, root: Element) -> Any:
        for link in root.iter("a"):
            if urlsplit(link.get("href", "").strip()).scheme.lower() not in SAFE_SCHEMES:
                link.attrib.pop("href", None)
