from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "gesond.directory"
    label = "directory"

    def ready(self) -> None:
        """The search is in two menus, the professional's own data among the services; names follow the registry."""
        from gesond.directory.actions.mandates import end_mandates_after_import  # models are not yet loaded before
        from gesond.directory.actions.names import renew_names_after_import
        from gesond.directory.actions.secretary_accounts import secretary_checked, secretary_gave_up, who_declared
        from gesond.directory.models import Profession, Speciality
        from gesond.directory.personal_data import register_sections
        from gesond.directory.queries.professionals import persons_in_force
        from gesond.directory.queries.vocabulary import forget_vocabulary
        from gesond.directory.rules import in_practice
        from gesond.directory.secretary_identity import KIND
        from gesond.directory.services import MANDATES, OWN_RECORD, SECRETARIES
        from gesond.identity.doors import register_admission
        from gesond.identity.entitlement import register_entitlement
        from gesond.identity.identity_checks.kinds import register_kind
        from gesond.identity.models import Door
        from gesond.identity.services import register_service
        from gesond.identity.signals import registry_imported
        from gesond.web.navigation import Menu, register_entry

        for menu in (Menu.PATIENTS, Menu.PROFESSIONALS):
            register_entry(menu, _("FIND A PROFESSIONAL"), "directory:search", order=50)
        for service in (OWN_RECORD, SECRETARIES, MANDATES):
            register_service(service)
        register_kind(
            KIND,
            label=_("Medical secretary"),
            decided=secretary_checked,
            withdrawn=secretary_gave_up,
            parties=who_declared,
        )
        register_admission(Door.PROFESSIONAL, in_practice)
        register_sections()
        registry_imported.connect(renew_names_after_import, dispatch_uid="directory.renew_names")
        registry_imported.connect(end_mandates_after_import, dispatch_uid="directory.end_mandates")
        register_entitlement(Door.PROFESSIONAL, persons_in_force)
        for term in (Profession, Speciality):
            for changed in (post_save, post_delete):
                changed.connect(forget_vocabulary, sender=term, dispatch_uid=f"directory.forget.{term.__name__}")
