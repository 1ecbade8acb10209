from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gesond.web"
    label = "web"
