"""The services the guides promise (S2-06, S2-31): each is replaced by its own app when it opens."""

from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Door
from gesond.identity.services import Service, State

ANNOUNCED = (
    Service(
        slug="dsp",
        title=_("Shared care record (DSP)"),
        description=_(
            "Your documents, your results and your health summary, shared with the professionals you choose."
        ),
        state=State.SOON,
        meanwhile=_("Ask your doctor or your hospital for a copy of your documents."),
        icon="record",
        order=10,
    ),
    Service(
        slug="dsp-of-patients",
        title=_("Shared care record (DSP)"),
        description=_("The records of your patients, as far as they let you: documents, results, health summary."),
        state=State.SOON,
        meanwhile=_("Ask your patients for their documents, or the colleague who treated them."),
        icon="record",
        for_doors=(Door.PROFESSIONAL,),
        order=10,
    ),
    Service(
        slug="teleconsultation",
        title=_("Teleconsultation"),
        description=_("An appointment with your doctor by video, with nothing to install."),
        state=State.SOON,
        meanwhile=_("Telephone your doctor's practice. In an emergency, call 112."),
        door="econsult",
        icon="video",
        order=20,
    ),
    Service(
        slug="reimbursement",
        title=_("Accelerated reimbursement of fee notes"),
        description=_("Your fee notes sent to the CNS and reimbursed sooner."),
        state=State.SOON,
        meanwhile=_("Send your fee notes with the proof of payment to the CNS."),
        icon="euro",
        order=30,
    ),
    Service(
        slug="vaccination",
        title=_("Electronic vaccination record"),
        description=_("Your vaccinations in one place, and those that are due."),
        state=State.SOON,
        meanwhile=_("Keep your paper vaccination card, and show it at each vaccination."),
        icon="vaccine",
        order=40,
    ),
    Service(
        slug="prescription",
        title=_("Digital prescription"),
        description=_("Your prescriptions at hand at the pharmacy, without paper."),
        state=State.SOON,
        meanwhile=_("Take your paper prescription to the pharmacy."),
        icon="pill",
        order=50,
    ),
)
ACCOUNT = Service(
    slug="account",
    title=_("Manage my account"),
    description=_("Your details, your telephone number and e-mail address, your password and the devices signed in."),
    state=State.OPEN,
    url_name="identity:account",
    icon="person",
    for_doors=(Door.PATIENT, Door.PROFESSIONAL, Door.SECRETARY),
    order=900,
)
