from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "gesond.notify"
    label = "notify"
