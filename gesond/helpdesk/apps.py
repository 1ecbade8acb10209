from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "gesond.helpdesk"
    label = "helpdesk"

    def ready(self) -> None:
        from gesond.helpdesk import metrics  # models are not yet loaded when this module is
        from gesond.helpdesk.counter_entry import register_counter
        from gesond.helpdesk.entries import register_entries
        from gesond.helpdesk.identity_checks_entry import register_identity_checks
        from gesond.helpdesk.personal_data import register_sections

        register_entries()
        register_sections()
        register_counter()
        register_identity_checks()
        metrics.register()
