from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "gesond.directory"
    label = "directory"

    def ready(self) -> None:
        from gesond.directory.queries.professionals import persons_in_force  # apps are loaded before they register
        from gesond.identity.entitlement import register_entitlement
        from gesond.identity.models import Door

        register_entitlement(Door.PROFESSIONAL, persons_in_force)
