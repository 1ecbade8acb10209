"""LuxTrust products: associating, naming, deleting (S1-06, S1-23); and proving with one who is there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gesond.identity.actions.luxtrust_products import (
    OtherPersonError,
    ProductTakenError,
    TooManyProductsError,
    associate_own_product,
    note_other_person,
    remove_product,
    rename_product,
    use_product,
)
from gesond.identity.actions.means_of_sign_in import LastMeansError
from gesond.identity.actions.step_up import record_proof
from gesond.identity.forms.account import ProductNameForm, last_means_sentence
from gesond.identity.forms.luxtrust import refusal_of
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.luxtrust.proofs import begin_luxtrust, take_proof
from gesond.identity.models import LuxTrustProduct
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import (
    confirm_address,
    fresh_proof_required,
    mark_proved,
    strong_proof_required,
)
from gesond.identity.sessions.return_address import safe_return_address

TAB = "identity:account_authentication"
ASSOCIATE, STEP_UP = "associate", "step_up"
STEP_UP_NEXT = "step_up_next"
Refused = (OtherPersonError, ProductTakenError, TooManyProductsError)


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
@strong_proof_required
def associate(request: HttpRequest) -> HttpResponse:
    """« Associer un produit LuxTrust »: what will happen, then « Connexion »."""
    if request.method != "POST":
        return render(request, "identity/account/associate_luxtrust.jinja", {"is_offered": is_offered()})
    return begin_luxtrust(
        request, purpose=ASSOCIATE, return_to=reverse("identity:account_luxtrust_associated"), instead=reverse(TAB)
    )


@require_safe
@never_cache
def associated(request: HttpRequest) -> HttpResponse:
    """Back from LuxTrust. It was begun with a fresh proof, a quarter of an hour ago at most."""
    taken = take_proof(request, purpose=ASSOCIATE)
    if taken is None:
        return redirect(TAB)
    account, actor = account_of(request), actor_of(request)
    try:
        product = associate_own_product(actor=actor, account=account, proof=taken[1])
    except Refused as error:
        if isinstance(error, OtherPersonError):
            note_other_person(actor=actor, account=account, found=error.differences)
        context = {"refusal": refusal_of(error), "back": reverse(TAB), "again": reverse("identity:account_luxtrust")}
        return render(request, "identity/luxtrust/refused.jinja", context)
    messages.success(
        request, _("“%(name)s” was associated. You can sign in with it from now on.") % {"name": product.name}
    )
    return redirect(TAB)


@require_http_methods(["GET", "POST"])
@never_cache
def rename(request: HttpRequest, product_id: int) -> HttpResponse:
    """Another name."""
    product = _own_product(request, product_id)
    form = ProductNameForm(request.POST or None, initial={"name": product.name})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "product": product}
        return render(request, "identity/account/rename_luxtrust.jinja", context, status=422 if form.is_bound else 200)
    rename_product(
        actor=actor_of(request), account=account_of(request), product_id=product.pk, name=form.cleaned_data["name"]
    )
    messages.success(request, _("The LuxTrust product has its new name."))
    return redirect(TAB)


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
def remove(request: HttpRequest, product_id: int) -> HttpResponse:
    """Asks first."""
    product = _own_product(request, product_id)
    if request.method != "POST":
        return render(request, "identity/account/remove_luxtrust.jinja", {"product": product})
    try:
        remove_product(actor=actor_of(request), account=account_of(request), product_id=product.pk)
        messages.success(request, _("The LuxTrust product was deleted from your account."))
    except LastMeansError:
        messages.warning(request, last_means_sentence())
    return redirect(TAB)


def begin_step_up(request: HttpRequest, next_page: str) -> HttpResponse:
    """« Confirmer avec LuxTrust », then on to `next_page`."""
    request.session[STEP_UP_NEXT] = next_page
    return begin_luxtrust(
        request,
        purpose=STEP_UP,
        return_to=reverse("identity:account_confirm_luxtrust"),
        instead=reverse("identity:account_confirm"),
    )


@require_safe
@never_cache
def step_up(request: HttpRequest) -> HttpResponse:
    """Back from LuxTrust: right when the product is one of the account's own."""
    next_page = safe_return_address(str(request.session.pop(STEP_UP_NEXT, ""))) or reverse(TAB)
    taken = take_proof(request, purpose=STEP_UP)
    if taken is None:
        return HttpResponseRedirect(confirm_address(next_page))
    actor, account = actor_of(request), account_of(request)
    right = use_product(actor=actor, account=account, proof=taken[1])
    record_proof(actor=actor, account=account, method="luxtrust", right=right)
    if right:
        mark_proved(request, strong=True)
        return HttpResponseRedirect(next_page)
    messages.warning(request, _("This LuxTrust product is not associated with your account. Confirm in another way."))
    return HttpResponseRedirect(confirm_address(next_page))


def _own_product(request: HttpRequest, product_id: int) -> LuxTrustProduct:
    """Another account's product does not exist."""
    product = LuxTrustProduct.objects.filter(pk=product_id, account=account_of(request)).first()
    if product is None:
        raise Http404
    return product
