"""The portal's menus as the guides draw them (S2-02, S2-03, S1-19). Pages are named, not imported."""

from django.utils.translation import gettext_lazy as _

from gesond.web.navigation import Menu, register_entry


def register_menus() -> None:
    """Called once, when the site starts."""
    _patients()
    _professionals()
    _publishers_and_information()
    _account()


def _patients() -> None:
    register_entry(
        Menu.PATIENTS,
        _("ESANTE ACCOUNT ACTIVATION"),
        "identity:activation",
        service="activation",
        door="patient",
        order=10,
    )
    register_entry(
        Menu.PATIENTS,
        _("ACCESS TO ESANTE SERVICES (DSP,...)"),
        "identity:services",
        service="my-services",
        door="patient",
        order=20,
    )
    register_entry(
        Menu.PATIENTS,
        _("ACCESS TO TELECONSULTATION"),
        "teleconsult:home",
        service="teleconsultation",
        door="econsult",
        order=30,
    )


def _professionals() -> None:
    register_entry(
        Menu.PROFESSIONALS,
        _("PROFESSIONAL ACCOUNT ACTIVATION"),
        "directory:professional_activation",
        service="professional-activation",
        door="professional",
        order=10,
    )
    register_entry(
        Menu.PROFESSIONALS,
        _("MEDICAL SECRETARY ACCOUNT"),
        "directory:secretary",
        service="secretary",
        door="secretary",
        order=20,
    )
    register_entry(
        Menu.PROFESSIONALS,
        _("THIRD-PARTY PAYER SPACE"),
        "thirdparty:home",
        service="third-party",
        door="thirdparty",
        order=30,
    )


def _publishers_and_information() -> None:
    register_entry(Menu.PUBLISHERS, _("CONNECT YOUR SOFTWARE"), "interop:home", service="publishers")
    register_entry(Menu.INFORMATION, _("NEWS"), "content:news", service="news", order=10)
    register_entry(Menu.INFORMATION, _("GUIDES"), "content:guides", service="guides", order=20)
    register_entry(Menu.INFORMATION, _("NEED HELP"), "web:help", order=30)


def _account() -> None:
    register_entry(Menu.ACCOUNT, _("Manage my account"), "identity:account", service="account", order=10)
    register_entry(
        Menu.ACCOUNT,
        _("My eSanté services"),
        "identity:services",
        service="my-services",
        for_doors=("patient", "professional", "secretary"),
        order=20,
    )
