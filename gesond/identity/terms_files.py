"""The PDF files of the terms: made by a job when a version is published, or once, by the first who asks.

A file is named after what it says, so that a changed text never meets an old file.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from xml.etree.ElementTree import Element

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _
from django.utils.translation import override

from gesond.identity.models import TermsVersion
from gesond.identity.queries.terms import in_language
from gesond.identity.terms_texts import as_tree
from gesond.kernel.pdf import PdfRenderer
from gesond.web.dates import day

SOURCE = Path(__file__).resolve().parent / "terms" / "terms.typ"
HEADINGS = {"h2": 2, "h3": 2, "h4": 3, "h5": 4}
LISTS = {"ul": "list", "ol": "numbers"}
# One renderer serves the process, one document at a time.
_rendering = Lock()


def print_version(version_id: int) -> None:
    """Make the files that are missing. Running twice makes nothing twice."""
    version = TermsVersion.objects.get(pk=version_id)
    for language, _name in settings.LANGUAGES:
        _ensure_file(version, language)


def terms_pdf(version: TermsVersion, language: str) -> bytes:
    """The terms in `language` as PDF/UA: from storage, where the first reader or a job has put them."""
    with storages["public"].open(_ensure_file(version, language)) as file:
        content: bytes = file.read()
    return content


def _ensure_file(version: TermsVersion, language: str) -> str:
    data = _data(version, language)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode() + SOURCE.read_bytes()).hexdigest()[:16]
    name = f"terms/{digest}-{language}.pdf"
    with _rendering:
        if not storages["public"].exists(name):
            pdf = _renderer().render(data, timestamp=version.published_at)
            _save(name, pdf)
    return name


def _save(name: str, pdf: bytes) -> None:
    saved = storages["public"].save(name, ContentFile(pdf))
    if saved != name:  # another process was first, with the same content
        storages["public"].delete(saved)


@cache
def _renderer() -> PdfRenderer:
    return PdfRenderer(SOURCE)


def _data(version: TermsVersion, language: str) -> dict[str, Any]:
    with override(language):
        return {
            "title": _("General Terms of Use"),
            "version": _("Version %(number)s of %(date)s")
            % {"number": version.number, "date": day(version.published_at)},
            "language": language,
            "blocks": list(_blocks(as_tree(in_language(version.body, language)))),
        }


def _blocks(root: Element) -> Iterator[dict[str, Any]]:
    for element in root:
        if element.tag in HEADINGS:
            yield {"kind": "heading", "level": HEADINGS[element.tag], "runs": list(_runs(element))}
        elif element.tag in LISTS:
            yield {"kind": LISTS[element.tag], "items": [list(_runs(item)) for item in element]}
        else:
            yield {"kind": "paragraph", "runs": list(_runs(element))}


def _runs(element: Element, **around: Any) -> Iterator[dict[str, Any]]:
    """The element's text in pieces of one style each."""
    own: dict[str, dict[str, Any]] = {
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
