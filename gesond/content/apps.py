from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "gesond.content"
    label = "content"

    def ready(self) -> None:
        from gesond.content.menus import register  # apps are loaded before they register

        register()
