from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gesond.web"
    label = "web"

    def ready(self) -> None:
        from gesond.web.portal import register_menus

        register_menus()
