from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "gesond.helpdesk"
    label = "helpdesk"
