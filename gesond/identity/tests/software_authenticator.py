"""A passkey authenticator in software: a P-256 key, CBOR, signatures, as a telephone answers (WebAuthn level 2)."""

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

USER_PRESENT, USER_VERIFIED, CREDENTIAL_FOLLOWS = 0x01, 0x04, 0x40
ORIGIN = "http://localhost:8000"


class SoftwareAuthenticator:
    """One credential. `verifies_user=False` only knows that somebody touched it; `counts=False` stays at zero."""

    def __init__(self, *, origin: str = ORIGIN, verifies_user: bool = True, counts: bool = True) -> None:
        self.origin = origin
        self.flags = USER_PRESENT | (USER_VERIFIED if verifies_user else 0)
        self.counts = counts
        self.count = 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""

    def create(self, options: str, **client: Any) -> str:
        """What the browser sends after `navigator.credentials.create()`, as JSON."""
        asked = json.loads(options)
        self.user_handle = base64url_to_bytes(asked["user"]["id"])
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + self._cose_key()
        data = self._data(asked["rp"]["id"], CREDENTIAL_FOLLOWS) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", asked["challenge"], client)
        return self._answer({"clientDataJSON": client_data, "attestationObject": attestation}, transports=["internal"])

    def get(self, options: str, *, rp_id: str = "", **client: Any) -> str:
        """What the browser sends after `navigator.credentials.get()`, as JSON."""
        asked = json.loads(options)
        data = self._data(rp_id or asked["rpId"])
        client_data = self._client_data("webauthn.get", asked["challenge"], client)
        signed = data + hashlib.sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client_data, "authenticatorData": data, "signature": signature}
        return self._answer({**parts, "userHandle": self.user_handle})

    def _data(self, rp_id: str, more_flags: int = 0) -> bytes:
        if self.counts:
            self.count += 1
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", self.flags | more_flags, self.count)

    def _cose_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _client_data(self, kind: str, challenge: str, client: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **client}
        return json.dumps(told).encode()

    def _answer(self, parts: dict[str, bytes], **more: Any) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {key: bytes_to_base64url(value) for key, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": {**response, **more}})
