from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "gesond.desk"
    label = "desk"

    def ready(self) -> None:
        from gesond.identity.models import Door, Role  # apps are loaded before they register
        from gesond.identity.rules import has_role
        from gesond.identity.staff import register_desk_entry
        from gesond.web.live import register_topic
        from gesond.web.navigation import Menu, register_entry

        readers = (Role.REGISTRY, Role.HELPDESK, Role.LETTERS, Role.SECURITY)
        register_desk_entry(_("Start"), "desk:start", *Role, order=0, alone=True)
        register_desk_entry(_("Persons"), "desk:persons", *readers, order=10)
        register_desk_entry(_("Letters"), "desk:letters", Role.LETTERS, order=20)
        register_desk_entry(_("Requests for a letter"), "desk:letter_requests", Role.LETTERS, order=25)
        register_desk_entry(_("Messages"), "desk:outbox", Role.HELPDESK, Role.SECURITY, order=70)
        register_desk_entry(_("Statistics"), "desk:statistics", *Role, order=80)
        register_desk_entry(_("Journal"), "desk:journal", Role.SECURITY, order=90)
        register_desk_entry(_("Staff"), "desk:staff", Role.SECURITY, order=95)
        register_entry(Menu.ACCOUNT, _("Desk"), "desk:start", for_doors=(Door.STAFF,), order=5)
        for topic in ("letters", "letter-requests"):
            register_topic(topic, lambda user, topic: has_role(Role.LETTERS)(user))
