from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "gesond.directory"
    label = "directory"
