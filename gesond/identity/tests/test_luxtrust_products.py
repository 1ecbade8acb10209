"""LuxTrust products: associated, named, deleted, confirmed with (S1-06, S1-23, S2-26)."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from gesond.identity.actions.luxtrust_products import (
    OtherPersonError,
    ProductTakenError,
    associate_own_product,
    remove_product,
    use_product,
)
from gesond.identity.actions.means_of_sign_in import LastMeansError
from gesond.identity.actions.passkeys import remove_passkey
from gesond.identity.luxtrust.persons import differences_from
from gesond.identity.models import Account, LuxTrustProduct, Passkey
from gesond.identity.queries.personal_data import personal_data
from gesond.identity.registry.name_matching import Attribute
from gesond.identity.tests.account_steps import (
    ACTOR,
    EMAIL,
    PHONE,
    TAB,
    events,
    grow_old,
    messages_to,
    page_of,
    reachable_account,
    signed_in,
)
from gesond.identity.tests.activation.steps import MEANS, at_other_means, text_of
from gesond.identity.tests.factories import PersonFactory
from gesond.identity.tests.luxtrust_provider import CLIENT, WALK
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of
from gesond.identity.tests.walking import at_once
from gesond.kernel.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("solved_captcha")]
ASSOCIATE, ASSOCIATED = "/fr/account/luxtrust/", "/fr/account/luxtrust/associated/"
STEP_4, STEP_4_BACK = "/fr/activation/luxtrust/", "/fr/activation/luxtrust/associated/"


@pytest.fixture(autouse=True)
def _offered(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, **CLIENT)


@pytest.fixture
def account() -> Account:
    return reachable_account()


@pytest.fixture
def client(account) -> Client:
    return signed_in(account)


def come_back_associating(client: Client, account: Account, **facts) -> str:
    come_back(client, proof_of(account.person, **facts), purpose="associate", account=account)
    return client.get(ASSOCIATED)


def without_password(account: Account) -> Account:
    Account.objects.filter(pk=account.pk).update(password="")
    account.refresh_from_db()
    return account


def passkey_of(account: Account) -> Passkey:
    facts = {"credential_id": b"1", "public_key": b"2", "user_handle": b"3", "sign_count": 0, "transports": []}
    return Passkey.objects.create(account=account, name="Schlüssel", backed_up=False, **facts)


def test_a_product_is_associated_and_the_person_told(client, account):
    """S1-23."""
    assert "Connexion" in page_of(client.get(ASSOCIATE))
    assert client.post(ASSOCIATE)["Location"] == WALK
    assert come_back_associating(client, account)["Location"] == TAB
    shown = page_of(client.get(TAB))
    assert "« LuxTrust Mobile » a été associé." in shown
    assert "Produit LuxTrust associé" in shown
    assert events(account)[-1] == "luxtrust.associated"
    for destination in (PHONE, EMAIL):
        assert (
            "Un produit LuxTrust a été associé à votre compte : LuxTrust Mobile."
            in (messages_to(destination, "account_notice")[-1].content["text"])
        )


def test_an_account_has_several_products(client, account):
    """S1-06."""
    for number in range(3):
        come_back_associating(client, account, subject=f"1002030405060700{number:04}")
    come_back_associating(client, account, subject="20020304050607000000", device="identity_card")
    names = list(account.luxtrust_products.order_by("added_at").values_list("name", flat=True))
    assert names == ["LuxTrust Mobile", "LuxTrust Mobile 2", "LuxTrust Mobile 3", "LuxTrust"]
    assert "Carte d'identité électronique" in page_of(client.get(TAB))


def test_a_proof_associates_once(client, account):
    come_back_associating(client, account)
    assert client.get(ASSOCIATED)["Location"] == TAB
    assert account.luxtrust_products.count() == 1


def test_associating_asks_who_is_there_first(client):
    grow_old(client)
    assert client.post(ASSOCIATE)["Location"].startswith("/fr/account/confirm/")


@pytest.mark.parametrize(
    ("facts", "said", "not_said"),
    [
        ({"family_name": "Autrement"}, ["Nom"], ["Prénoms", "Date de naissance"]),
        ({"given_names": "Zoé"}, ["Prénoms"], ["Date de naissance"]),
        ({"birth_date": date(1901, 1, 1)}, ["Date de naissance"], ["Prénoms"]),
        ({"family_name": "Autrement", "birth_date": date(1901, 1, 1)}, ["Nom", "Date de naissance"], ["Prénoms"]),
    ],
)
def test_another_persons_product_is_refused_by_what_differs(client, account, facts, said, not_said):
    shown = page_of(come_back_associating(client, account, **facts))
    listed = shown.partition("Ce qui diffère")[2].partition("</ul>")[0]
    assert all(f"<li>{attribute}</li>" in listed for attribute in said)
    assert not any(attribute in listed for attribute in not_said)
    assert "helpdesk" in shown
    assert "Autrement" not in shown
    assert not LuxTrustProduct.objects.exists()
    assert events(account)[-1] == "luxtrust.refused"


@pytest.mark.parametrize(
    ("registry", "proved"),
    [
        (("Muller-Weber", "Marie Claire"), ("MULLER", "Marie-Claire")),
        (("Müller", "Anne"), ("Mueller", "ANNE")),
        (("Da Silva Pereira", "João"), ("PEREIRA", "Joao")),
    ],
)
def test_names_written_otherwise_are_the_same_person(registry, proved):
    person = PersonFactory(family_name=registry[0], given_names=registry[1])
    assert differences_from(person, proof_of(person, family_name=proved[0], given_names=proved[1])) == []


def test_a_birthday_that_the_registry_does_not_know_does_not_differ():
    person = PersonFactory(matricule="1990000000183")
    assert differences_from(person, proof_of(person, birth_date=date(1990, 7, 23))) == []
    found = differences_from(person, proof_of(person, birth_date=date(1991, 7, 23)))
    assert [difference.attribute for difference in found] == [Attribute.BIRTH_DATE]
    person.birth_month = 2
    found = differences_from(person, proof_of(person, birth_date=date(1990, 7, 30)))
    assert [difference.attribute for difference in found] == [Attribute.BIRTH_DATE]


def test_a_product_of_another_account_is_refused_and_nothing_told(client, account):
    twin = reachable_account(
        phone="+352621999001",
        email=None,
        person=PersonFactory(
            family_name=account.person.family_name,
            given_names=account.person.given_names,
            birth_year=account.person.birth_year,
            birth_month=account.person.birth_month,
            birth_day=account.person.birth_day,
        ),
    )
    product_of(twin, proof_of(account.person))
    shown = page_of(come_back_associating(client, account))
    assert "Ce produit LuxTrust ne peut pas être associé à votre compte." in shown
    assert "autre compte" not in shown
    assert not account.luxtrust_products.exists()


def test_ones_own_product_again_is_said_to_be_there(client, account):
    product_of(account, proof_of(account.person))
    assert "est déjà associé à votre compte" in page_of(come_back_associating(client, account))


@pytest.mark.django_db(transaction=True)
def test_one_product_associated_at_once_by_two_accounts_is_one_accounts():
    first = reachable_account()
    second = reachable_account(phone="+352621999001", email=None, person=PersonFactory(family_name="Muster"))
    proofs = [replace(proof_of(person), subject="10020304050607009000") for person in (first.person, second.person)]
    results = at_once(
        *[
            lambda account=account, proof=proof: associate_own_product(actor=ACTOR, account=account, proof=proof)
            for account, proof in zip((first, second), proofs, strict=True)
        ]
    )
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [ProductTakenError]
    assert LuxTrustProduct.objects.count() == 1


def test_a_product_is_renamed(client, account):
    product = product_of(account, proof_of(account.person))
    page = f"/fr/account/luxtrust/{product.pk}/"
    assert client.post(page, {"name": ""}).status_code == 422
    assert client.post(page, {"name": "Token du cabinet"})["Location"] == TAB
    assert "Token du cabinet" in page_of(client.get(TAB))
    assert events(account)[-1] == "luxtrust.renamed"


def test_a_product_is_deleted_and_the_person_told(client, account):
    """S1-23."""
    product = product_of(account, proof_of(account.person))
    page = f"/fr/account/luxtrust/{product.pk}/remove/"
    assert "Supprimer « LuxTrust » ?" in page_of(client.get(page))
    assert client.post(page)["Location"] == TAB
    assert not LuxTrustProduct.objects.exists()
    assert events(account)[-1] == "luxtrust.removed"
    assert "supprimé de votre compte : LuxTrust." in messages_to(EMAIL, "account_notice")[-1].content["text"]


def test_deleting_asks_who_is_there_first(client, account):
    product = product_of(account, proof_of(account.person))
    grow_old(client)
    answer = client.post(f"/fr/account/luxtrust/{product.pk}/remove/")
    assert answer["Location"].startswith("/fr/account/confirm/")
    assert LuxTrustProduct.objects.exists()


def test_another_accounts_product_does_not_exist(client):
    other = reachable_account(phone="+352621999001", email=None)
    product = product_of(other, proof_of(other.person))
    for page in (f"/fr/account/luxtrust/{product.pk}/", f"/fr/account/luxtrust/{product.pk}/remove/"):
        assert client.post(page, {"name": "x"}).status_code == 404
    product.refresh_from_db()
    assert product.name == "LuxTrust"


def test_the_last_means_of_signing_in_stays(account):
    product = product_of(account, proof_of(account.person))
    client = signed_in(without_password(account))
    client.post(f"/fr/account/luxtrust/{product.pk}/remove/")
    assert "C'est le seul moyen de vous connecter à votre compte." in page_of(client.get(TAB))
    assert LuxTrustProduct.objects.exists()


def test_another_product_or_a_passkey_is_another_means(account):
    first = product_of(account, proof_of(account.person))
    second = product_of(account, proof_of(account.person, subject="2"))
    without_password(account)
    remove_product(actor=ACTOR, account=account, product_id=first.pk)
    with pytest.raises(LastMeansError):
        remove_product(actor=ACTOR, account=account, product_id=second.pk)
    passkey_of(account)
    remove_product(actor=ACTOR, account=account, product_id=second.pk)


def test_a_passkey_may_be_the_last_means_too(account):
    passkey = passkey_of(account)
    client = signed_in(without_password(account))
    client.post(f"/fr/account/passkeys/{passkey.pk}/remove/")
    assert "C'est le seul moyen de vous connecter à votre compte." in page_of(client.get(TAB))
    assert Passkey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_two_means_deleted_at_once_leave_one():
    account = reachable_account()
    product, passkey = product_of(account, proof_of(account.person)), passkey_of(account)
    other = product_of(account, proof_of(account.person, subject="2"))
    without_password(account)
    results = at_once(
        lambda: remove_product(actor=ACTOR, account=account, product_id=product.pk),
        lambda: remove_product(actor=ACTOR, account=account, product_id=other.pk),
        lambda: remove_passkey(actor=ACTOR, account=account, passkey_id=passkey.pk),
    )
    assert [type(result) for result in results if result is not None] == [LastMeansError]
    assert LuxTrustProduct.objects.count() + Passkey.objects.count() == 1


def test_using_a_product_is_noted(account):
    product = product_of(account, proof_of(account.person))
    assert use_product(actor=ACTOR, account=account, proof=proof_of(account.person, device="token"))
    product.refresh_from_db()
    assert (product.device, product.last_used_at.date()) == ("token", now().date())
    assert events(account)[-1] == "luxtrust.used"
    assert not use_product(actor=ACTOR, account=account, proof=proof_of(account.person, subject="2"))


def test_a_person_confirms_with_luxtrust(account):
    product_of(account, proof_of(account.person))
    client = signed_in(without_password(account))
    grow_old(client)
    page = client.post(ASSOCIATE)["Location"]
    assert "Confirmer avec LuxTrust" in page_of(client.get(page))
    assert client.post(page, {"means": "luxtrust"})["Location"] == WALK
    come_back(client, proof_of(account.person), purpose="step_up", account=account)
    assert client.get("/fr/account/confirm/luxtrust/")["Location"] == ASSOCIATE
    assert client.get(ASSOCIATE).status_code == 200
    assert events(account)[-1] == "proof.given"


def test_a_product_that_is_not_the_accounts_confirms_nothing(client, account):
    product_of(account, proof_of(account.person))
    grow_old(client)
    page = client.post(ASSOCIATE)["Location"]
    client.post(page, {"means": "luxtrust"})
    come_back(client, proof_of(account.person, subject="another"), purpose="step_up", account=account)
    assert client.get("/fr/account/confirm/luxtrust/")["Location"] == page
    assert "n'est pas associé à votre compte" in page_of(client.get(page))
    assert events(account)[-1] == "proof.wrong"


def test_who_has_no_product_is_not_asked_for_one(client):
    grow_old(client)
    assert "Confirmer avec LuxTrust" not in page_of(client.get(client.post(ASSOCIATE)["Location"]))


def test_products_are_in_the_copy_of_ones_data(account):
    product_of(account, proof_of(account.person), name="Token du cabinet")
    row = personal_data(account)["luxtrust_products"][0]
    assert (row["name"], row["device"], row["serial_number"]) == (
        "Token du cabinet",
        "mobile",
        proof_of(account.person).subject,
    )


def test_many_products_cost_the_page_no_query(client, account, django_assert_num_queries):
    for number in range(5):
        product_of(account, proof_of(account.person, subject=str(number)))
    client.get(TAB)
    with django_assert_num_queries(8):
        client.get(TAB)


def test_associating_raises_for_another_person(account):
    with pytest.raises(OtherPersonError):
        associate_own_product(actor=ACTOR, account=account, proof=proof_of(account.person, family_name="Autrement"))


# Step 4 of a patient's activation.


def test_a_patient_may_associate_a_product_and_need_not(client):
    """S2-26."""
    client = Client()
    at_other_means(client)
    shown = text_of(client.get(MEANS))
    assert "Connexion" in shown
    assert "Etape suivante" in shown
    assert "prochaine version" not in shown
    assert client.post(MEANS)["Location"] == "/fr/activation/confirmation/"


def test_a_product_associated_at_step_four_is_shown_there():
    """S2-26."""
    client = Client()
    letter = at_other_means(client)
    assert client.post(STEP_4)["Location"] == WALK
    come_back(client, proof_of(letter.row.person), purpose="patient_activation")
    assert client.get(STEP_4_BACK)["Location"] == MEANS
    shown = text_of(client.get(MEANS))
    assert "LuxTrust Mobile" in shown
    assert "Associé" in shown
    assert LuxTrustProduct.objects.get().account.person_id == letter.row.person_id
    assert client.post(MEANS)["Location"] == "/fr/activation/confirmation/"


def test_another_persons_product_is_refused_at_step_four():
    client = Client()
    letter = at_other_means(client)
    come_back(client, proof_of(letter.row.person, family_name="Autrement"), purpose="patient_activation")
    shown = text_of(client.get(STEP_4_BACK))
    assert "Ce qui diffère" in shown
    assert "Continuer sans LuxTrust" in shown
    assert client.get(MEANS).status_code == 200


def test_step_four_is_only_its_browsers():
    at_other_means(Client())
    stranger = Client()
    assert stranger.post(STEP_4)["Location"] == "/fr/activation/"
    assert stranger.get(STEP_4_BACK)["Location"] == "/fr/activation/"
