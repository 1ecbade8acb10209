from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "gesond.demo"
    label = "demo"

    def ready(self) -> None:
        """The demo's outbox is everybody's, so its changes are too; the post brings what is printed."""
        from gesond.demo.identity_checks import register_example
        from gesond.demo.letter_box import deliver_letters  # models are not yet loaded when this module is
        from gesond.identity.signals import letters_printed
        from gesond.web.live import register_topic

        letters_printed.connect(deliver_letters, dispatch_uid="demo.deliver_letters")
        register_example()
        register_topic("outbox", lambda user, topic: True)
