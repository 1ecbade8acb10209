from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gesond.identity"
    label = "identity"

    def ready(self) -> None:
        from gesond.identity.announced_services import ACCOUNT, ANNOUNCED  # apps are loaded before they register
        from gesond.identity.queries.account_factors import account_factors
        from gesond.identity.queries.second_factors import offer_second_factor
        from gesond.identity.services import register_service

        for service in (*ANNOUNCED, ACCOUNT):
            register_service(service)
        offer_second_factor(account_factors)
