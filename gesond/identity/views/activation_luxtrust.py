"""Step 4 of a patient's activation: a LuxTrust product, for who wishes (S2-26)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gesond.identity.actions.activation import BrowserKey, Step
from gesond.identity.actions.luxtrust_products import (
    OtherPersonError,
    ProductTakenError,
    TooManyProductsError,
    associate_own_product,
    note_other_person,
)
from gesond.identity.forms.luxtrust import refusal_of
from gesond.identity.luxtrust.proofs import begin_luxtrust, take_proof
from gesond.identity.models import Activation
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.views.activation import step_page

PURPOSE = "patient_activation"
STEP_4 = "identity:activation_other_means"


@step_page(Step.OTHER_MEANS)
def begin(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """« Connexion »."""
    if request.method != "POST":
        return redirect(STEP_4)
    associated = reverse("identity:activation_luxtrust_associated")
    return begin_luxtrust(request, purpose=PURPOSE, return_to=associated, instead=reverse(STEP_4))


@step_page(Step.OTHER_MEANS)
def associated(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Back from LuxTrust, to step 4 with the product; or why not, and on without."""
    taken = take_proof(request, purpose=PURPOSE)
    account = activation.account
    if taken is None or account is None:
        return redirect(STEP_4)
    actor = actor_of(request)
    try:
        product = associate_own_product(actor=actor, account=account, proof=taken[1])
    except (OtherPersonError, ProductTakenError, TooManyProductsError) as error:
        if isinstance(error, OtherPersonError):
            note_other_person(actor=actor, account=account, found=error.differences)
        context = {"refusal": refusal_of(error), "back": reverse(STEP_4), "again": ""}
        return render(request, "identity/luxtrust/refused.jinja", context)
    messages.success(request, _("“%(name)s” was associated with your account.") % {"name": product.name})
    return redirect(STEP_4)
