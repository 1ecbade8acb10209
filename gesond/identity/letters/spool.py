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
from gesond.identity.models import ActivationCode, LetterBatch, Person

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
    about = {"batch": batch.pk, "created_at": batch.created_at.isoformat()}
    return _write(batch_folder(batch) / MANIFEST, about, letters)


def write_notice_manifest(letter: Path, person: Person, about: dict[str, Any]) -> Manifest:
    """The same for a folder of one letter; `about` stands at its head."""
    return _write(letter.with_name(MANIFEST), about, [_file_entry(letter, person)])


def _write(path: Path, about: dict[str, Any], letters: list[dict[str, Any]]) -> Manifest:
    pages = sum(letter["pages"] for letter in letters)
    content = {**about, "count": len(letters), "pages": pages, "letters": letters}
    unfinished = path.with_suffix(".part")
    write_durably(unfinished, json.dumps(content, ensure_ascii=False, indent=1).encode())
    unfinished.rename(path)
    _sync_folder(path.parent)
    return Manifest(path, len(letters))


def _live_codes(batch: LetterBatch) -> Any:
    return batch.codes.filter(state=ActivationCode.State.LIVE).order_by("letter_number")


def _entry(batch: LetterBatch, code: ActivationCode) -> dict[str, Any]:
    assert code.letter_number is not None  # noqa: S101 - a batch numbers its letters
    return _file_entry(letter_path(batch, code.letter_number), code.person)


def _file_entry(path: Path, person: Person) -> dict[str, Any]:
    digest, pages = digest_and_pages(path)
    address: dict[str, Any] = person.address or {}
    return {
        "file": path.name,
        "sha256": digest,
        "pages": pages,
        "language": person.language,
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
