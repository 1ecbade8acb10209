from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gesond.identity"
    label = "identity"
