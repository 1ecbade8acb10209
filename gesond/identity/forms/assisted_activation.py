"""Step 1 with the helpdesk's link: the terms (S2-12) and the matricule (S2-16)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gesond.identity.actions.assisted_proof import Opened
from gesond.identity.forms.activation import TermsForm
from gesond.identity.forms.fields import MatriculeField


class AssistedForm(TermsForm):
    """`refuse` says that the matricule is not that of whom the link was made for."""

    matricule = MatriculeField()

    required_messages = {**TermsForm.required_messages, "matricule": _("Enter your matricule.")}
    field_order = ["version", "matricule", "accepted"]

    def refuse(self, opened: Opened) -> None:
        text = ngettext(
            "This link was made for another matricule. Compare it with your card; for a child, enter the child's. "
            "You have %(count)d try left.",
            "This link was made for another matricule. Compare it with your card; for a child, enter the child's. "
            "You have %(count)d tries left.",
            opened.tries_left,
        )
        self.add_error("matricule", ValidationError(text % {"count": opened.tries_left}, code="other"))
