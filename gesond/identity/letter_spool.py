"""The print spool: a folder a batch, a file a letter, and the manifest that says the folder is whole.

No name or number of a person is in a file's name. Everything is readable by its owner alone.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from gesond.identity.letters.printing import digest_and_pages, write_durably
from gesond.identity.letters.recipient import HOME_COUNTRY
from gesond.identity.models import ActivationCode, LetterBatch

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    path: Path
    count: int


def batch_folder(batch: LetterBatch) -> Path:
    """`<spool>/batch-000012`."""
    spool: Path = settings.ENVIRONMENT.letter_spool
    return spool / f"batch-{batch.pk:06}"


def letter_path(batch: LetterBatch, number: int) -> Path:
    return batch_folder(batch) / f"letter-{number:06}.pdf"


def clear_strays(batch: LetterBatch) -> None:
    """Remove sheets whose code was not stored, or has ended since: nobody must receive them."""
    kept = {letter_path(batch, number).name for number in _live_codes(batch).values_list("letter_number", flat=True)}
    for path in batch_folder(batch).glob("letter-*.pdf"):
        if path.name not in kept:
            path.unlink()


def write_manifest(batch: LetterBatch) -> Manifest:
    """List the letters in the order the post wants them: by country, home first, then postal code.

    The checksums are taken of the files as they lie on the disk. The manifest appears whole or not at all.
    """
    clear_strays(batch)
    letters = sorted((_entry(batch, code) for code in _live_codes(batch).select_related("person")), key=_post_order)
    content = {
        "batch": batch.pk,
        "created_at": batch.created_at.isoformat(),
        "count": len(letters),
        "pages": sum(letter["pages"] for letter in letters),
        "letters": letters,
    }
    path = batch_folder(batch) / MANIFEST
    unfinished = path.with_suffix(".part")
    write_durably(unfinished, json.dumps(content, ensure_ascii=False, indent=1).encode())
    unfinished.rename(path)
    _sync_folder(path.parent)
    return Manifest(path, len(letters))


def _live_codes(batch: LetterBatch) -> Any:
    return batch.codes.filter(state=ActivationCode.State.LIVE).order_by("letter_number")


def _entry(batch: LetterBatch, code: ActivationCode) -> dict[str, Any]:
    assert code.letter_number is not None  # noqa: S101 - a batch numbers its letters
    path = letter_path(batch, code.letter_number)
    digest, pages = digest_and_pages(path)
    address: dict[str, Any] = code.person.address or {}
    return {
        "file": path.name,
        "sha256": digest,
        "pages": pages,
        "language": code.person.language,
        "country": address.get("country", ""),
        "postal_code": address.get("postal_code", ""),
    }


def _post_order(letter: dict[str, Any]) -> tuple[bool, str, str, str]:
    return letter["country"] != HOME_COUNTRY, letter["country"], letter["postal_code"], letter["file"]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
