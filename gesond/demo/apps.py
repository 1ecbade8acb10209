from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "gesond.demo"
    label = "demo"
