"""What the portal announces before it opens: one honest page each, with what to do meanwhile."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Service:
    """`what` it will be for the person, and what to do `meanwhile`."""

    title: str | Promise
    what: str | Promise
    meanwhile: str | Promise


ASK_HELPDESK = _("Until then, our helpdesk answers your questions by telephone or e-mail.")

SERVICES: dict[str, Service] = {
    "activation": Service(
        title=_("Activation of the eSanté account"),
        what=_("Here you will open your eSanté account with the code we sent you by post."),
        meanwhile=_("Keep the letter with your activation code: you will need it."),
    ),
    "sign-in": Service(
        title=_("Sign in"),
        what=_("Here you will sign in to your eSanté account."),
        meanwhile=ASK_HELPDESK,
    ),
    "my-services": Service(
        title=_("My eSanté services"),
        what=_("Here you will find the services your account opens, your shared care record (DSP) first of all."),
        meanwhile=ASK_HELPDESK,
    ),
    "account": Service(
        title=_("Manage my account"),
        what=_("Here you will change your telephone number, your e-mail address, your password and your settings."),
        meanwhile=ASK_HELPDESK,
    ),
    "teleconsultation": Service(
        title=_("Teleconsultation"),
        what=_(
            "Here you will book an appointment with your doctor and talk to them by video, with nothing to install."
        ),
        meanwhile=_("Until then, telephone your doctor's practice. In an emergency, call 112."),
    ),
    "professional-activation": Service(
        title=_("Activation of a professional's account"),
        what=_("Here health professionals will open their eSanté account with a LuxTrust product and the posted code."),
        meanwhile=_("Check that your LuxTrust product is active and keep the letter with your activation code."),
    ),
    "secretary": Service(
        title=_("Medical secretary's account"),
        what=_("Here a medical secretary declared by a health professional will open an account with LuxTrust."),
        meanwhile=_("The declaring health professional's own account comes first."),
    ),
    "third-party": Service(
        title=_("Third-party payer space"),
        what=_("Here health professionals will read their statements, check invoices and write to the payer."),
        meanwhile=ASK_HELPDESK,
    ),
    "publishers": Service(
        title=_("Connect your software"),
        what=_(
            "Here software publishers will find the interfaces of the platform, their terms and a test environment."
        ),
        meanwhile=_("Until then, write to our helpdesk: it puts you in touch with the integration team."),
    ),
    "news": Service(
        title=_("News"),
        what=_("Here you will read what is new in the country's e-health services, and the calendar of events."),
        meanwhile=_("Nothing to do meanwhile: what concerns your account is sent to you by e-mail or by post."),
    ),
    "guides": Service(
        title=_("Guides"),
        what=_("Here you will find the guides that explain each step, with pictures."),
        meanwhile=ASK_HELPDESK,
    ),
}
