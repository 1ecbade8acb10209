from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "gesond.content"
    label = "content"
