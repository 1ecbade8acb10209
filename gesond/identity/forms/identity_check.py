"""What the applicant of an identity check sends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gesond.identity.actions.identity_evidence import EVIDENCE_LIMITS, MOST_OF_A_CHECK
from gesond.identity.models import IdentityEvidence
from gesond.web.documents import DocumentsField
from gesond.web.errors import waiting_time
from gesond.web.forms import Form


class EvidenceForm(Form):
    """One kind of document, in one or more files."""

    required_messages = {
        "document": _("Choose which document it is."),
        "copies": _("Choose the file, or photograph the document."),
    }
    document = forms.ChoiceField(
        label=_("Which document do you add?"), choices=[("", _("Choose")), *IdentityEvidence.Document.choices]
    )
    copies = DocumentsField(
        label=_("Files"),
        help_text=_("PDF, JPEG or PNG, at most 5 files of 5 MB each. All corners of the document must be visible."),
        limits=EVIDENCE_LIMITS,
    )

    def ask_to_wait(self, seconds: int) -> None:
        """Too many sendings in an hour."""
        text = _("You have sent many files. Wait %(time)s, then try again.") % {"time": waiting_time(seconds)}
        self.add_error(None, text)

    def too_many(self) -> None:
        """The check holds as many as one needs."""
        text: Any = ngettext(
            "We already have %(count)d file of yours, which is as many as we take. Contact the helpdesk to add more.",
            "We already have %(count)d files of yours, which is as many as we take. Contact the helpdesk to add more.",
            MOST_OF_A_CHECK,
        )
        self.add_error(None, text % {"count": MOST_OF_A_CHECK})


class AppealForm(Form):
    """Why the refusal is contested."""

    required_messages = {"reasons": _("Say why you do not agree.")}
    reasons = forms.CharField(
        label=_("Why do you not agree?"),
        help_text=_("Say what we may have overlooked or misread. You can add documents afterwards."),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
    )
