"""What staff say to a person at each step of a guided activation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.assisted_steps import AssistedStep

HELP: dict[AssistedStep, str | Promise] = {
    AssistedStep.LINK: _(
        "Ask the person to open the link on their own telephone, or on the agency's tablet. They read the terms of "
        "use, enter their matricule and tick the box themselves. The link is good for 15 minutes."
    ),
    AssistedStep.PASSWORD: _(
        "Ask the person to choose a password of at least 8 characters, with a letter and a digit. Look away while they "
        "type, and do not write it down for them."
    ),
    AssistedStep.CHANNEL: _(
        "The person chooses where their one-time codes go: their own mobile, or an e-mail address that only they read. "
        "Never enter a number or an address of the agency's."
    ),
    AssistedStep.CONFIRM: _(
        "The person has received a code of seven digits and types it themselves: do not have it read out to you. If "
        "nothing comes, they can ask for another code on their page, or go back and correct the number."
    ),
    AssistedStep.DONE: _(
        "The account is open. The person may add a LuxTrust product now or later; on the agency's tablet, they close "
        "the page. A letter to the address of the registry tells them that the account was opened with our help."
    ),
    AssistedStep.EXPIRED: _("Nothing was opened. Give the person a new link, or begin again."),
    AssistedStep.CANCELLED: _("Nothing was opened. Begin again if the person wishes; the code of a letter works too."),
}
