from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "gesond.notify"
    label = "notify"

    def ready(self) -> None:
        """Refuse addresses nobody understands, show the outbox in the metrics, open its live topics."""
        from django.conf import settings

        from gesond.notify import metrics
        from gesond.notify.channels import check_addresses
        from gesond.web.live import register_topic

        check_addresses(settings.ENVIRONMENT)
        metrics.register()
        # The message's own random id is the key to it, and all it opens is « something changed ».
        register_topic("delivery", lambda user, topic: True)
