"""`manage.py messages extract|compile|check`: the translations, brought in line with the code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gesond.web import catalogue_checks, catalogues


class Command(BaseCommand):
    help = "Bring the catalogues of translations in line with the code, compile them, or say what they lack."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["extract", "compile", "check"])
        parser.add_argument("apps", nargs="*", help="names of apps (identity, notify…); all of them by default")

    def handle(self, *args: Any, step: str, apps: list[str], **options: Any) -> None:
        folders = _folders(apps)
        match step:
            case "extract":
                self._tell("changed", [path for app in folders for path in catalogues.extract(app)])
            case "compile":
                self._tell("compiled", catalogues.compile_changed(folders))
            case "check":
                self._check(folders)

    def _tell(self, verb: str, paths: list[Path]) -> None:
        for path in paths:
            self.stdout.write(f"{verb} {path.relative_to(catalogues.ROOT.parent)}")

    def _check(self, folders: list[Path]) -> None:
        found = catalogue_checks.problems(folders)
        if found:
            raise CommandError("\n".join([*found, f"{len(found)} problem(s) in the translations"]))
        self.stdout.write("Translations are complete.")


def _folders(names: list[str]) -> list[Path]:
    folders = {folder.name: folder for folder in catalogues.apps()}
    if unknown := set(names) - set(folders):
        raise CommandError(f"No such app: {', '.join(sorted(unknown))}. There are: {', '.join(folders)}.")
    return [folders[name] for name in names or folders]
