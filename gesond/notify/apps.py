from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "gesond.notify"
    label = "notify"

    def ready(self) -> None:
        """Refuse addresses nobody understands, show the outbox in the metrics, open its live topics."""
        from django.conf import settings
        from prometheus_client import REGISTRY

        from gesond.notify.channels import check_addresses
        from gesond.notify.metrics import OutboxCollector
        from gesond.web.live import register_topic

        check_addresses(settings.ENVIRONMENT)
        REGISTRY.register(OutboxCollector())
        # The message's own random id is the key to it, and all it opens is « something changed ».
        register_topic("delivery", lambda user, topic: True)
