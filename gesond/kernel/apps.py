from django.apps import AppConfig

from gesond.kernel import keys


class KernelConfig(AppConfig):
    name = "gesond.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Refuse to start with a malformed key, rather than at the first value that needs it."""
        keys.encryption_ring()
        keys.hash_ring()
        keys.journal_key()
