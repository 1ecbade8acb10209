"""`manage.py import_professionals FILE.csv`: load the directory's professionals."""

from gesond.directory.actions.imports import import_professionals
from gesond.directory.import_command import DirectoryImportCommand


class Command(DirectoryImportCommand):
    help = "Load professionals from a CSV file: all of it or nothing; safe to run again."
    action = staticmethod(import_professionals)
