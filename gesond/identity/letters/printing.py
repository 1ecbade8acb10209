"""Letters onto the disk. Runs in processes of its own: it imports neither models nor settings."""

import hashlib
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from gesond.kernel.pdf import PdfError, PdfRenderer

SOURCE = Path(__file__).with_name("activation.typ")
PAGE = re.compile(rb"/Type\s*/Page\b")


class Sheet(NamedTuple):
    """One letter to print: where to, in which language, and its data."""

    path: Path
    language: str
    data: dict[str, Any]


class LetterPrinter:
    """Prints letters of one batch. `words`: what `letter_words` gave, by language."""

    def __init__(self, words: dict[str, dict[str, Any]], made_at: datetime) -> None:
        self.words = words
        self.made_at = made_at
        self.renderer = PdfRenderer(SOURCE)

    def print(self, sheets: list[Sheet]) -> list[str]:
        """Write them, safe from a power cut when this returns. For each sheet why it failed; empty when it did not."""
        return [self._print_one(sheet) for sheet in sheets]

    def _print_one(self, sheet: Sheet) -> str:
        try:
            pdf = self.renderer.render({**self.words[sheet.language], **sheet.data}, timestamp=self.made_at)
        except PdfError as error:
            return str(error)
        write_durably(sheet.path, pdf)
        return ""


def write_durably(path: Path, content: bytes) -> None:
    """A whole file that only its owner reads, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def digest_and_pages(path: Path) -> tuple[str, int]:
    """SHA-256 in hexadecimal, and how many pages, of a printed letter."""
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), len(PAGE.findall(content))


# One for each printing process, made when it starts.
_printer: list[LetterPrinter] = []


def prepare(words: dict[str, dict[str, Any]], made_at: datetime) -> None:
    _printer[:] = [LetterPrinter(words, made_at)]


def print_sheets(sheets: list[Sheet]) -> list[str]:
    """`LetterPrinter.print` in a process that was prepared."""
    return _printer[0].print(sheets)
