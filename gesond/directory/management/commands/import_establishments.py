"""`manage.py import_establishments FILE.csv`: load the directory's establishments."""

from gesond.directory.actions.imports import import_establishments
from gesond.directory.import_command import DirectoryImportCommand


class Command(DirectoryImportCommand):
    help = "Load establishments from a CSV file: all of it or nothing; safe to run again."
    action = staticmethod(import_establishments)
