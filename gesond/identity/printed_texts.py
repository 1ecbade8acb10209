"""Long texts as PDF files for anybody to download: the terms of use, the guides. Made once, by a job or who asks first.

A file is named after what it says, so that a changed text never meets an old file.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from gesond.kernel.pdf import PdfRenderer

SOURCE = Path(__file__).resolve().parent / "printed_text.typ"
# One renderer serves the process, one document at a time.
_rendering = Lock()


def printed(folder: str, text: Mapping[str, Any], *, timestamp: datetime) -> bytes:
    """The PDF/UA of a text: `title`, `version` (a line), `language`, `blocks` (of `gesond.web.markdown.as_blocks`)."""
    with storages["public"].open(ensure_printed(folder, text, timestamp=timestamp)) as file:
        content: bytes = file.read()
    return content


def ensure_printed(folder: str, text: Mapping[str, Any], *, timestamp: datetime) -> str:
    """Make the file if it is missing; return its name in the public storage. `timestamp`: the text's own date."""
    digest = hashlib.sha256(json.dumps(text, sort_keys=True).encode() + SOURCE.read_bytes()).hexdigest()[:16]
    name = f"{folder}/{digest}-{text['language']}.pdf"
    with _rendering:
        if not storages["public"].exists(name):
            _save(name, _renderer().render(dict(text), timestamp=timestamp))
    return name


def _save(name: str, pdf: bytes) -> None:
    saved = storages["public"].save(name, ContentFile(pdf))
    if saved != name:  # another process was first, with the same content
        storages["public"].delete(saved)


@cache
def _renderer() -> PdfRenderer:
    return PdfRenderer(SOURCE)
