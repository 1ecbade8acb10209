from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gesond.identity"
    label = "identity"

    def ready(self) -> None:
        from gesond.identity.announced_services import ACCOUNT, ANNOUNCED  # apps are loaded before they register
        from gesond.identity.services import register_service

        for service in (*ANNOUNCED, ACCOUNT):
            register_service(service)
