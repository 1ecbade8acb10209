"""`manage.py import_practices FILE.csv`: load the directory's practices."""

from gesond.directory.actions.imports import import_practices
from gesond.directory.import_command import DirectoryImportCommand


class Command(DirectoryImportCommand):
    help = "Load practices from a CSV file: all of it or nothing; safe to run again."
    action = staticmethod(import_practices)
