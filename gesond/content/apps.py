from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "gesond.content"
    label = "content"

    def ready(self) -> None:
        from gesond.content.menus import register  # apps are loaded before they register
        from gesond.content.personal_data import register_sections

        register()
        register_sections()
