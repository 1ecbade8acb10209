from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "gesond.kernel"
    label = "kernel"
