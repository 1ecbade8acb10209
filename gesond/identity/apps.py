from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gesond.identity"
    label = "identity"

    def ready(self) -> None:
        from gesond.identity.announced_services import ACCOUNT, ANNOUNCED  # apps are loaded before they register
        from gesond.identity.luxtrust.failures import register_gauges
        from gesond.identity.queries.account_factors import account_factors
        from gesond.identity.queries.second_factors import offer_second_factor
        from gesond.identity.services import register_service
        from gesond.identity.sessions.standing import give_standing, standing_of
        from gesond.web.live import register_standing, register_topic
        from gesond.web.navigation import register_door_of

        for service in (*ANNOUNCED, ACCOUNT):
            register_service(service)
        offer_second_factor(account_factors)
        register_gauges()
        register_standing(give_standing)
        register_door_of(lambda user: standing_of(user).door)
        # The names of walks are secrets of their browsers; that the provider answered is nobody's.
        register_topic("luxtrust", lambda user, topic: True)
        register_topic("luxtrust-provider", lambda user, topic: True)
