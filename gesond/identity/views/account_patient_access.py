"""« Ouvrir mon accès patient »: an account opened at another door, and the patient's letter that came after."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gesond.identity.actions.patient_access import open_patient_access
from gesond.identity.forms.activation import LetterCodeForm
from gesond.identity.models import Door
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import fresh_proof_required
from gesond.identity.views.activation import refused


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@fresh_proof_required
def patient_access(request: HttpRequest) -> HttpResponse:
    """The matricule is known: the code of the letter is all that is asked."""
    account = account_of(request)
    if Door.PATIENT in account.doors:
        messages.info(request, _("Your patient access is open."))
        return redirect("identity:account_personal")
    if not account.confirmed_channels():
        messages.warning(request, _("First confirm a mobile number or an e-mail address of your own."))
        return redirect("identity:account_authentication")
    form = LetterCodeForm(request.POST or None)
    refusal, status = None, 200
    if request.method == "POST" and form.is_valid():
        proof = open_patient_access(actor=actor_of(request), account=account, code=form.cleaned_data["code"])
        if proof.refusal is None:
            messages.success(request, _("Your patient access is open. At your next sign-in, choose “Patient”."))
            return redirect("identity:account_personal")
        refusal, status = refused(form, proof)
    context = {"form": form, "refusal": refusal, "destination": account.code_destination()[1]}
    return render(request, "identity/account/patient_access.jinja", context, status=status)
