"""The activation's pages: S2-07 to S2-27, S2-32. Each step is reached only by the browser that proved the letter."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gesond.identity.actions import activation as actions
from gesond.identity.actions.activation import (
    BEFORE_ACCOUNT,
    SECURING,
    AccountExistsError,
    ActivationError,
    AssistedEndedError,
    BrowserKey,
    LetterReplacedError,
    Step,
)
from gesond.identity.actions.activation_proof import Proof, Refusal, Visit, prove_letter
from gesond.identity.actions.letter_requests import request_letter
from gesond.identity.forms import activation as forms
from gesond.identity.letters.recipient import is_minor
from gesond.identity.models import Activation, Door
from gesond.identity.queries.activation import find_activation, luxtrust_part
from gesond.identity.queries.terms import current_terms, shown_terms
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.terms.texts import terms_html
from gesond.identity.views.activation_wizard import TERMS_KEY, TOO_MANY_REQUESTS, Wizard, accepted_terms

ACTIVATION_KEY = "activation"
LETTER_ASKED_KEY = "activation_letter_asked"


def lead_back(request: HttpRequest, error: ActivationError) -> HttpResponse:
    """Say calmly why this browser cannot go on, and lead to where it can begin again."""
    had_key = PATIENTS.let_go(request)
    if isinstance(error, AccountExistsError):
        return _lead_to_account(request, has_door=error.has_door)
    messages.info(request, _why_not(error, had_key=had_key))
    return redirect("identity:activation_code" if TERMS_KEY in request.session else "identity:activation")


PATIENTS = Wizard(
    door=Door.PATIENT.value,
    prefix="identity:activation",
    session_key=ACTIVATION_KEY,
    layout="identity/activation/layout.jinja",
    title=gettext_lazy("Activation of my eSanté account"),
    securing=gettext_lazy("Securing your account"),
    securing_step=3,
    before_security="identity:activation_password",
    lead_back=lead_back,
)
public, step_page = PATIENTS.public, PATIENTS.step_page


@public
def prerequisites(request: HttpRequest) -> HttpResponse:
    """« ACTIVATION DE MON COMPTE ESANTÉ »: S2-07 to S2-12."""
    version = current_terms() if request.method == "POST" else shown_terms()
    form = forms.TermsForm(request.POST or None, number=version.number)
    if request.method == "POST" and form.is_valid():
        request.session[TERMS_KEY] = version.number
        return redirect("identity:activation_code")
    context = {"form": form, "version": version, "terms": terms_html(version, get_language())}
    return render(request, "identity/activation/prerequisites.jinja", context)


@public
def letter_code(request: HttpRequest) -> HttpResponse:
    """Step 1: S2-15 to S2-17."""
    version = accepted_terms(request)
    if version is None:
        return redirect("identity:activation")
    form = forms.ProofForm(request.POST or None)
    if form.wants_letter:
        return redirect("identity:activation_letter")
    refusal, status = None, 200
    if request.method == "POST" and form.is_valid():
        proof = prove_letter(
            actor=actor_of(request),
            matricule=form.cleaned_data["matricule"],
            code=form.cleaned_data["code"],
            visit=Visit(terms=version, language=str(get_language())),
        )
        if proof.key:
            return _go_on(request, proof.key, resumed=proof.resumed)
        refusal, status = refused(form, proof)
    context = {"form": form, "refusal": refusal, "underway": PATIENTS.underway(request)}
    return render(request, "identity/activation/code.jinja", context, status=status)


@public
def ask_for_letter(request: HttpRequest) -> HttpResponse:
    """« Non »: one answer for everyone."""
    return letter_page(request, Door.PATIENT, "identity:activation")


def letter_page(request: HttpRequest, door: str, start: str) -> HttpResponse:
    """« Non » at either door; `start` names the wizard's first page, its own name but for `_letter`."""
    asked_key = f"{LETTER_ASKED_KEY}_{door}"
    context = {"start": start, "door": door}
    if request.session.pop(asked_key, False):
        return render(request, "identity/activation/letter_asked.jinja", context)
    form = forms.LetterForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        matricule, language = form.cleaned_data["matricule"], str(get_language())
        verdict = request_letter(actor=actor_of(request), matricule=matricule, language=language, door=door)
        if verdict.allowed:
            request.session[asked_key] = True
            return redirect(f"{start}_letter")
        form.ask_to_wait(verdict.retry_after)
        status = TOO_MANY_REQUESTS
    return render(request, "identity/activation/letter.jinja", {**context, "form": form}, status=status)


@step_page(*BEFORE_ACCOUNT)
def password(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 2: S2-18, S2-19."""
    is_recorded = bool(activation.password)
    form = forms.PasswordForm(request.POST or None, person=activation.person, is_recorded=is_recorded)
    if request.method == "POST" and form.is_valid():
        if form.changes_password:
            actions.choose_password(actor=actor_of(request), key=key, password=form.cleaned_data["password"])
        return redirect("identity:activation_security")
    return render(request, "identity/activation/password.jinja", {"form": form, "is_recorded": is_recorded})


# Step 3: S2-20 to S2-25.
security = step_page(*SECURING)(PATIENTS.security)
security_code = step_page(Step.CONFIRM)(PATIENTS.security_code)
another_code = step_page(Step.CONFIRM)(PATIENTS.another_code)


@step_page(Step.OTHER_MEANS, Step.DONE)
def other_means(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 4: S2-26."""
    if request.method == "POST":
        actions.finish_activation(actor=actor_of(request), key=key)
        return redirect("identity:activation_confirmation")
    return render(request, "identity/activation/other_means.jinja", luxtrust_part(activation))


@step_page(Step.DONE)
def confirmation(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 5: S2-27."""
    return render(
        request, "identity/activation/confirmation.jinja", {"minor": is_minor(activation.person, localdate())}
    )


def refused(form: forms.LetterCodeForm, proof: Proof) -> tuple[Refusal | None, int]:
    """What the page of the code says instead of going on, and its status."""
    if proof.refusal == Refusal.SLOW_DOWN:
        form.ask_to_wait(proof.retry_after)
        return None, TOO_MANY_REQUESTS
    if proof.refusal == Refusal.NO_MATCH:
        form.refuse(proof)
        return None, 200
    return proof.refusal, 200


def _lead_to_account(request: HttpRequest, *, has_door: bool) -> HttpResponse:
    """To the sign-in; and from there to adding the patient's door, where the account has another one only."""
    if has_door:
        messages.info(request, _("Your account is already open: you can sign in."))
        return redirect("identity:sign_in")
    messages.info(request, _("You have an eSanté account already: sign in to open your patient access in it."))
    next_page = urlencode({"next": reverse("identity:account_patient_access")})
    return redirect(f"{reverse('identity:sign_in')}?{next_page}")


def _why_not(error: ActivationError, *, had_key: bool) -> str:
    if isinstance(error, AssistedEndedError):
        return _("The activation with our helpdesk has ended. Ask for another link, or use the code of a letter.")
    if isinstance(error, LetterReplacedError):
        return _("A later letter has replaced yours. Start again with the code of the latest letter.")
    if had_key:
        return _(
            "Your activation went on in another browser. To go on in this one, enter the code of your letter again."
        )
    return _(
        "Your session has ended, or was opened in another browser. Enter the code of your letter again: "
        "you will go on where you stopped."
    )


def _go_on(request: HttpRequest, key: BrowserKey, *, resumed: bool) -> HttpResponse:
    PATIENTS.hold(request, key)
    activation = find_activation(PATIENTS.held_key(request))
    if resumed:
        messages.info(request, _resumed_text(activation))
    return redirect(PATIENTS.page_of(activation))


def _resumed_text(activation: Activation) -> str:
    if activation.password:
        return _(
            "You go on where your activation stopped. A password is already recorded: if you did not choose it "
            "yourself, go back and choose another."
        )
    return _("You go on where your activation stopped.")
