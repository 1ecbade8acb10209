"""`manage.py publish_terms 2.0 folder`: a new version of the terms of use, for everyone to agree to."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gesond.identity.actions.terms import TermsError, publish_terms
from gesond.kernel.journal import Actor


class Command(BaseCommand):
    help = (
        "Publish a version of the terms of use: `folder` holds fr.md, de.md and en.md, and what changed in "
        "changes.fr.md, changes.de.md and changes.en.md. Account holders are asked at their next page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="such as 2.0")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--by", required=True, help="who publishes, for the journal: staff:3")

    def handle(self, *args: Any, number: str, folder: Path, by: str, **options: Any) -> None:
        try:
            version = publish_terms(
                actor=Actor(by), number=number, body=_texts(folder, ""), changes=_texts(folder, "changes.")
            )
        except TermsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Terms {version.number} are in force.")


def _texts(folder: Path, prefix: str) -> dict[str, str]:
    """What the folder holds, by language; the action says what is missing."""
    files = {language: folder / f"{prefix}{language}.md" for language, _name in settings.LANGUAGES}
    return {language: path.read_text(encoding="utf-8") for language, path in files.items() if path.is_file()}
