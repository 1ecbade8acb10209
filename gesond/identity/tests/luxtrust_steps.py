"""A browser back from LuxTrust, for the tests of what comes after."""

from datetime import date
from typing import Any

from django.test import Client

from gesond.identity.luxtrust.proofs import BROWSER_PURPOSE, FLOW_KEY, FLOW_LIFE, STATE_PURPOSE, LuxTrustProof
from gesond.identity.models import Account, LuxTrustFlow, LuxTrustProduct, Person
from gesond.identity.sessions.standing import LUXTRUST, Standing, keep_standing
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash

ISSUER = "http://localhost:9/luxtrust"


def proof_of(person: Person, **facts: Any) -> LuxTrustProof:
    """What LuxTrust says of `person`, with `facts` otherwise."""
    born = date(person.birth_year, person.birth_month or 1, person.birth_day or 1)
    stated = {
        "issuer": ISSUER,
        "subject": f"LT-{person.pk:08}",
        "family_name": person.family_name,
        "given_names": person.given_names,
        "birth_date": born,
        "device": "mobile",
    }
    return LuxTrustProof(**{**stated, **facts})


def come_back(client: Client, proof: LuxTrustProof, *, purpose: str, account: Account | None = None) -> LuxTrustFlow:
    """Put `client` where LuxTrust leaves a browser that proved itself for `purpose`."""
    token = "a browser's token"
    number = LuxTrustFlow.objects.count()
    flow = LuxTrustFlow.objects.create(
        purpose=purpose,
        account=account,
        browser_hash=keyed_hash(token, purpose=BROWSER_PURPOSE),
        state_hash=keyed_hash(f"state {number}", purpose=STATE_PURPOSE),
        state=LuxTrustFlow.State.PROVED,
        nonce="nonce",
        verifier="verifier",
        return_to="/fr/",
        instead="/fr/",
        proof=proof.to_json(),
        expires_at=now() + FLOW_LIFE,
    )
    session = client.session
    session[FLOW_KEY] = {"id": str(flow.pk), "token": token}
    session.save()
    return flow


def signed_in_by(client: Client, account: Account, *, door: str, method: str = LUXTRUST) -> Client:
    """Open a session at `door`; the account's doors must hold it."""
    client.force_login(account)
    session = client.session
    keep_standing(session, Standing(door, method))
    session.save()
    return client


def product_of(account: Account, proof: LuxTrustProof, name: str = "LuxTrust") -> LuxTrustProduct:
    """A product that signs in to `account`."""
    return LuxTrustProduct.objects.create(
        account=account,
        issuer=proof.issuer,
        subject=proof.subject,
        subject_hash=keyed_hash(proof.subject_text, purpose="luxtrust.subject"),
        device=proof.device,
        assurance=proof.assurance,
        name=name,
    )
