"""A professional's activation, as its guide shows it: S1-03 to S1-15, S1-29."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gesond.directory.activation_data import attribute_names, help_facts, shown_data
from gesond.directory.queries.professionals import ProfessionalFacts, professional_of
from gesond.directory.views.activation_wizard import (
    PROFESSIONALS,
    PURPOSE,
    START,
    forget_proof,
    held_proof,
    hold_proof,
)
from gesond.identity.actions import activation as actions
from gesond.identity.actions.activation import (
    BEFORE_ACCOUNT,
    SECURING,
    ActivationError,
    BrowserKey,
    NotEntitledError,
    OtherAccountError,
    SignInFirstError,
    Step,
)
from gesond.identity.actions.activation_proof import Proof, Refusal, Visit, prove_letter, resume_by_luxtrust
from gesond.identity.actions.luxtrust_products import ProductTakenError, account_of_product
from gesond.identity.forms.activation import ProfessionalProofForm, TermsForm
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.luxtrust.proofs import begin_luxtrust, take_proof
from gesond.identity.models import Account, Activation, Door, LuxTrustFlow, TermsVersion
from gesond.identity.queries.activation import find_activation
from gesond.identity.queries.terms import current_terms
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.terms.texts import terms_html
from gesond.identity.views.activation import letter_page, refused
from gesond.identity.views.activation_wizard import TERMS_KEY, accepted_terms, signed_in_id
from gesond.web.help_context import offer_help_context

ABOUT = "professional-activation"
TAKEN_KEY = "professional_activation_taken"  # the doors of the account that a LuxTrust product signs in to
public, step_page = PROFESSIONALS.public, PROFESSIONALS.step_page


@public
def terms(request: HttpRequest) -> HttpResponse:
    """« Conditions Générales d'Utilisation »: no activation without agreeing to them (S1-03)."""
    version = current_terms()
    form = TermsForm(request.POST or None, number=version.number)
    if request.method == "POST" and form.is_valid():
        request.session[TERMS_KEY] = version.number
        return redirect(PROFESSIONALS.page("luxtrust"))
    context = {"form": form, "version": version, "terms": terms_html(version, get_language())}
    return render(request, "directory/activation/terms.jinja", context)


@public
def luxtrust(request: HttpRequest) -> HttpResponse:
    """Step 1 (S1-05, S1-06): to LuxTrust, and back here."""
    version = accepted_terms(request)
    if version is None:
        return redirect(START)
    if request.method == "POST" and is_offered():
        here = reverse(PROFESSIONALS.page("luxtrust"))
        return begin_luxtrust(request, purpose=PURPOSE, return_to=here, instead=here)
    taken_proof = take_proof(request, purpose=PURPOSE) if request.method == "GET" else None
    if taken_proof:
        return _proved(request, taken_proof[0], version)
    context = {"is_proved": held_proof(request) is not None, "is_offered": is_offered()}
    return render(request, "directory/activation/luxtrust.jinja", context)


@public
def taken(request: HttpRequest) -> HttpResponse:
    """The LuxTrust product signs in to an account already: what to do (S1-06)."""
    doors = request.session.get(TAKEN_KEY)
    if doors is None:
        return redirect(PROFESSIONALS.page("luxtrust"))
    context = {"is_open": Door.PROFESSIONAL in doors, "signed_in": request.user.is_authenticated}
    return render(request, "directory/activation/taken.jinja", context)


@public
def letter_code(request: HttpRequest) -> HttpResponse:
    """Step 2: « Oui » or « Non », « Numéro de matricule », « Code d'activation » (S1-07, S1-08)."""
    version, flow = accepted_terms(request), held_proof(request)
    if version is None or flow is None:
        return redirect(PROFESSIONALS.page("luxtrust") if version else START)
    form = ProfessionalProofForm(request.POST or None)
    if form.wants_letter:
        return redirect(PROFESSIONALS.page("letter"))
    refusal, status, proof = None, 200, Proof()
    if request.method == "POST" and form.is_valid():
        proof = prove_letter(
            actor=actor_of(request),
            matricule=form.cleaned_data["matricule"],
            code=form.cleaned_data["code"],
            visit=_visit(request, version, flow),
        )
        if proof.key:
            return _go_on(request, proof)
        refusal, status = refused(form, proof)
        _offer_help(request, proof)
    context = {
        "form": form,
        "refusal": refusal,
        "differing": attribute_names(proof.attributes),
        "underway": PROFESSIONALS.underway(request),
        "help_address": help_address(),
    }
    return render(request, "directory/activation/code.jinja", context, status=status)


@public
def ask_for_letter(request: HttpRequest) -> HttpResponse:
    """« Non »: one answer for everyone (S1-07)."""
    return letter_page(request, Door.PROFESSIONAL, START)


@public
def sign_in_first(request: HttpRequest) -> HttpResponse:
    """The person has an account: a letter never takes it over, it adds to it once they have signed in."""
    try:
        activation = find_activation(PROFESSIONALS.held_key(request))
    except (SignInFirstError, OtherAccountError) as error:
        next_page = urlencode({"next": request.path})
        context = {
            "other": isinstance(error, OtherAccountError),
            "sign_in": f"{reverse('identity:sign_in')}?{next_page}",
        }
        return render(request, "directory/activation/sign_in_first.jinja", context)
    except ActivationError as error:
        return PROFESSIONALS.lead_back(request, error)
    return redirect(PROFESSIONALS.page_of(activation))


@step_page(*BEFORE_ACCOUNT)
def data(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 3: what the registry and the directory say, to be read and not changed (S1-10, S1-11)."""
    facts = _facts(activation)
    if request.method == "POST":
        actions.confirm_data(actor=actor_of(request), key=key)
        return redirect(PROFESSIONALS.page("security"))
    context = {"data": shown_data(activation.person, facts)}
    return render(request, "directory/activation/data.jinja", context)


@step_page(*BEFORE_ACCOUNT)
def ask_for_help(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """« En cas d'erreur contactez le Helpdesk », what is known filled in (S1-11, S1-29)."""
    if request.method != "POST":
        return redirect(PROFESSIONALS.page("data"))
    offer_help_context(request, ABOUT, help_facts(activation.person, _facts(activation)))
    return redirect(help_address())


# Step 4: S1-12, S1-13. No password is asked (S1-15).
security = step_page(*SECURING)(PROFESSIONALS.security)
another_code = step_page(Step.CONFIRM)(PROFESSIONALS.another_code)


@step_page(Step.CONFIRM)
def security_code(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """The code received opens the account, and the LuxTrust product of step 1 with it."""
    try:
        return PROFESSIONALS.security_code(request, activation, key)
    except ProductTakenError:  # another account was faster
        forget_proof(request)
        messages.warning(
            request,
            _("Your LuxTrust product was associated with another account meanwhile. Sign in with another product."),
        )
        return redirect(PROFESSIONALS.page("luxtrust"))


@step_page(Step.DONE)
def confirmation(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 5: « Votre activation est terminée! » (S1-14, S1-29)."""
    has_password = activation.account is not None and activation.account.has_password()
    return render(request, "directory/activation/confirmation.jinja", {"has_password": has_password})


def help_address() -> str:
    """« Besoin d'aide »: its form, or the page that says where help is."""
    try:
        return f"{reverse('helpdesk:help')}?{urlencode({'about': ABOUT})}"
    except NoReverseMatch:
        return reverse("web:help")


def _proved(request: HttpRequest, flow: LuxTrustFlow, version: TermsVersion) -> HttpResponse:
    """Back from LuxTrust: on to the code, or to where the activation of this very identity stopped."""
    visit = _visit(request, version, flow)
    holder = account_of_product(visit.proved) if visit.proved else None
    if holder is not None and (holder.pk != visit.account_id or Door.PROFESSIONAL in holder.doors):
        return _product_taken(request, holder)
    hold_proof(request, flow)
    resumed = resume_by_luxtrust(actor=actor_of(request), visit=visit)
    if resumed and resumed.key:
        return _go_on(request, resumed)
    return redirect(PROFESSIONALS.page("code"))


def _product_taken(request: HttpRequest, holder: Account) -> HttpResponse:
    request.session[TAKEN_KEY] = list(holder.doors)
    return redirect(PROFESSIONALS.page("taken"))


def _visit(request: HttpRequest, version: TermsVersion, flow: LuxTrustFlow) -> Visit:
    return Visit(
        terms=version,
        language=str(get_language()),
        door=Door.PROFESSIONAL.value,
        flow=flow,
        account_id=signed_in_id(request),
    )


def _go_on(request: HttpRequest, proof: Proof) -> HttpResponse:
    """To the step that is due, or first to signing in."""
    assert proof.key is not None  # noqa: S101 - asked before
    PROFESSIONALS.hold(request, proof.key)
    if proof.resumed:
        messages.info(request, _("You go on where your activation stopped."))
    try:
        activation = find_activation(PROFESSIONALS.held_key(request))
    except ActivationError as error:
        return PROFESSIONALS.lead_back(request, error)
    return redirect(PROFESSIONALS.page_of(activation))


def _facts(activation: Activation) -> ProfessionalFacts:
    """What the directory says today. Raises NotEntitledError when that is nothing."""
    facts = professional_of(activation.person)
    if facts is None:
        raise NotEntitledError
    return facts


def _offer_help(request: HttpRequest, proof: Proof) -> None:
    """What stopped the person, for the helpdesk: what differs, and neither value."""
    if proof.refusal in (Refusal.OTHER_IDENTITY, Refusal.NOT_ENTITLED):
        stopped = {_("Step"): _("Activation code"), _("What differs"): ", ".join(attribute_names(proof.attributes))}
        offer_help_context(request, ABOUT, {label: value for label, value in stopped.items() if value})
