from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "gesond.desk"
    label = "desk"
