"""What the desk types about identity checks."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.queries.identity_checks import Which
from gesond.identity.actions.identity_checks import SYMBOLS
from gesond.identity.identity_checks.kinds import kinds
from gesond.identity.identity_checks.reasons import ACCEPTED, OTHER, REFUSED
from gesond.identity.models import IdentityEvidence
from gesond.kernel.identifiers import Matricule
from gesond.kernel.identifiers.errors import IdentifierError
from gesond.web.forms import Form

NUMBER = re.compile(rf"IV-?([{SYMBOLS}]{{4}})-?([{SYMBOLS}]{{4}})")
ACCEPT, REFUSE = "accept", "refuse"

WHICH = [
    (Which.WAITING, _("All that wait")),
    (Which.OVERDUE, _("Overdue")),
    (Which.FREE, _("With nobody")),
    (Which.MINE, _("With me")),
    (Which.SECOND_OPINION, _("Second opinion")),
    (Which.APPEALED, _("Appeal")),
    (Which.OVER, _("Decided or withdrawn")),
]


class QueueForm(Form):
    """The filters. What is no filter shows all that wait."""

    which = forms.ChoiceField(label=_("Show"), choices=WHICH, required=False)
    kind = forms.ChoiceField(label=_("Of"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All kinds")), *kinds()]  # type: ignore[attr-defined] # a ChoiceField

    def chosen(self) -> tuple[Which, str]:
        """Which checks, of which kind."""
        self.full_clean()
        found = self.cleaned_data
        return Which(found.get("which") or Which.WAITING), found.get("kind", "")


class FindForm(Form):
    """One check by its number, or those of one person. Posted: a matricule is no part of an address."""

    required_messages = {"sought": _("Enter a check's number or a matricule.")}
    sought = forms.CharField(label=_("Number or matricule"), help_text=_("IV-7K3M-Q2XF, or 13 digits"), max_length=30)

    def clean_sought(self) -> str | Matricule:
        """The number as it is stored, or a matricule."""
        typed = "".join(self.cleaned_data["sought"].split()).upper()
        if found := NUMBER.fullmatch(typed):
            return f"IV-{found[1]}-{found[2]}"
        try:
            return Matricule.parse(typed)
        except IdentifierError as error:
            message = _("This is neither the number of a check, such as IV-7K3M-Q2XF, nor a matricule of 13 digits.")
            raise forms.ValidationError(message) from error


class AskEvidenceForm(Form):
    """Which documents the applicant is asked for."""

    required_messages = {"documents": _("Choose at least one document.")}
    documents = forms.MultipleChoiceField(
        label=_("Which documents?"),
        choices=IdentityEvidence.Document.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    request_words = forms.CharField(
        label=_("What the applicant should know besides"),
        help_text=_("They read it in the e-mail, in their language: see above which."),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class DecisionForm(Form):
    """Accepted or refused, and why."""

    required_messages = {"verdict": _("Choose whether you accept or refuse.")}
    verdict = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(ACCEPT, _("Accept: it is the same person")), (REFUSE, _("Refuse"))],
        widget=forms.RadioSelect,
    )
    accepted_for = forms.ChoiceField(label=_("Why?"), choices=[("", _("Choose")), *ACCEPTED.items()], required=False)
    refused_for = forms.ChoiceField(
        label=_("Why? The applicant reads it"), choices=[("", _("Choose")), *REFUSED.items()], required=False
    )
    words = forms.CharField(
        label=_("What the applicant should know besides"),
        help_text=_("They read it in the e-mail, in their language: see above which."),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    remark = forms.CharField(
        label=_("Note for colleagues"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """The reason that belongs to the verdict; another reason is said in words."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        verdict = found.get("verdict")
        if verdict == ACCEPT:
            self._need_reason("accepted_for", "remark")
        elif verdict == REFUSE:
            self._need_reason("refused_for", "words")
        return found

    def facts(self) -> dict[str, Any]:
        """What `decide` takes."""
        found = self.cleaned_data
        accepted = found["verdict"] == ACCEPT
        return {
            "accepted": accepted,
            "reason_code": found["accepted_for" if accepted else "refused_for"],
            "words": "" if accepted else found["words"],
            "remark": found["remark"],
        }

    def _need_reason(self, reason: str, words: str) -> None:
        chosen = self.cleaned_data.get(reason)
        if not chosen:
            self.add_error(reason, _("Choose a reason."))
        elif chosen == OTHER and not self.cleaned_data.get(words):
            self.add_error(words, _("Say what the reason is."))
