"""The environment, read once and typed. Nothing else in the project reads environment variables.

`Environment.read()` returns a frozen value; `refusals()` names every variable with which production may not start.
"""

import base64
import os
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from environs import Env

from gesond.config.luxtrust import ACR_MAP, CLAIMS, DEVICES, check_texts, luxtrust_refusals, texts
from gesond.kernel.keys import KeyRing, KeyRingError

DEMO_SECRET = "demo-secret-not-for-production"  # noqa: S105 - production refuses it
SECRET_KEY_LENGTH = 32
METRICS_TOKEN_LENGTH = 24
UNSAFE = "is missing, too short or the demo's"
DOORS = ("patient", "professional", "secretary", "econsult", "thirdparty")


class Mode(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every setting an operator can give, each under `GESOND_<NAME>` (`PORT` alone has no prefix)."""

    mode: Mode
    debug: bool
    home: Path
    # Styles and scripts, as collected: beside the data, or in the image that brings them.
    static: Path
    # The demo listens on this address only; production's address is given to its server.
    bind: str
    port: int
    base_url: str
    allowed_hosts: tuple[str, ...]
    secret_key: str
    # `id:base64` pairs, newest first; the first encrypts, all of them decrypt (`manage.py rotate_keys`).
    encryption_keys: tuple[str, ...]
    # `id:base64` pairs, newest first; the first hashes, all of them are tried by look-ups.
    hash_keys: tuple[str, ...]
    journal_key: str
    database_url: str
    database_pool_max: int
    doors: tuple[str, ...]
    smtp_url: str
    mail_from: str
    sms_url: str
    sms_sender: str
    letter_spool: Path
    keep_message_bodies: bool
    # LuxTrust's OpenID Connect provider (docs/howto/luxtrust.md); without an issuer LuxTrust is not offered.
    luxtrust_issuer: str
    luxtrust_client_id: str
    luxtrust_client_secret: str = field(repr=False)
    # The path of a PEM file: the client then signs (private_key_jwt) and needs no secret.
    luxtrust_client_key: str
    luxtrust_scopes: str
    # Our names of claims to the provider's.
    luxtrust_claims: dict[str, str]
    luxtrust_acr_values: str
    # The provider's `acr` to our levels; any other is too low.
    luxtrust_acr_map: dict[str, str]
    luxtrust_least_assurance: str
    # The provider's names of devices to ours.
    luxtrust_device_map: dict[str, str]
    luxtrust_skew_seconds: int
    luxtrust_timeout_seconds: float
    trusted_proxies: int
    one_time_code_minutes: int
    activation_code_days: int
    # Whether the 11-digit matricule is taken to be the first eleven of the 13, where it is valid as such and the
    # registry's file does not give it. Observed, not laid down by any text: hence a setting.
    derive_matricule_11: bool
    import_processes: int
    letter_processes: int
    # A letter asked for within this many days of the last one is refused: that one may still be in the post.
    letter_wait_days: int
    # Whether a letter asked for on the site is issued without the agency's decision.
    letters_reissued_automatically: bool
    # Working days within which the desk means to decide an identity check.
    identity_check_days: int
    # Days after the last word on a check for which its evidence is kept.
    identity_evidence_days: int
    # Days for which a secretary's link is good.
    declaration_days: int
    helpdesk_phone: str
    helpdesk_email: str
    log_level: str
    # Whoever asks for /metrics must give it as a bearer token. Without one, production has no such page.
    metrics_token: str

    @classmethod
    def read(cls) -> "Environment":
        env = Env()
        with env.prefixed("GESOND_"):
            mode = env.enum("MODE", Mode.DEMO, enum=Mode, by_value=True)
            home = Path(env.str("HOME", ".gesond")).resolve()
            port = Env().int("PORT", 8000)
            demo = mode is not Mode.PRODUCTION
            return cls(
                mode=mode,
                debug=env.bool("DEBUG", False),
                home=home,
                static=Path(env.str("STATIC", str(home / "static"))),
                bind=env.str("BIND", "127.0.0.1"),
                port=port,
                base_url=env.str("BASE_URL", f"http://localhost:{port}").rstrip("/"),
                allowed_hosts=tuple(env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"] if demo else [])),
                secret_key=env.str("SECRET_KEY", DEMO_SECRET),
                encryption_keys=tuple(env.list("ENCRYPTION_KEYS", [_demo_key("encryption")])),
                hash_keys=tuple(env.list("HASH_KEYS", [_demo_key("hash")])),
                journal_key=env.str("JOURNAL_KEY", _demo_key("journal").partition(":")[2]),
                database_url=env.str("DATABASE_URL", ""),
                database_pool_max=env.int("DATABASE_POOL_MAX", 8),
                doors=tuple(env.list("DOORS", list(DOORS))),
                smtp_url=env.str("SMTP_URL", "outbox:"),
                mail_from=env.str("MAIL_FROM", "Gesond <no-reply@gesond.example>"),
                sms_url=env.str("SMS_URL", "outbox:"),
                sms_sender=env.str("SMS_SENDER", "Gesond"),
                letter_spool=Path(env.str("LETTER_SPOOL", str(home / "letters"))),
                keep_message_bodies=env.bool("KEEP_MESSAGE_BODIES", demo),
                luxtrust_issuer=env.str("LUXTRUST_ISSUER", ""),
                luxtrust_client_id=env.str("LUXTRUST_CLIENT_ID", ""),
                luxtrust_client_secret=env.str("LUXTRUST_CLIENT_SECRET", ""),
                luxtrust_client_key=env.str("LUXTRUST_CLIENT_KEY", ""),
                luxtrust_scopes=env.str("LUXTRUST_SCOPES", "openid profile"),
                luxtrust_claims=CLAIMS | texts(env.json("LUXTRUST_CLAIMS", {}, validate=check_texts)),
                luxtrust_acr_values=env.str("LUXTRUST_ACR_VALUES", ""),
                luxtrust_acr_map=texts(env.json("LUXTRUST_ACR_MAP", ACR_MAP, validate=check_texts)),
                luxtrust_least_assurance=env.str("LUXTRUST_LEAST_ASSURANCE", "substantial"),
                luxtrust_device_map=texts(env.json("LUXTRUST_DEVICE_MAP", DEVICES, validate=check_texts)),
                luxtrust_skew_seconds=env.int("LUXTRUST_SKEW_SECONDS", 60),
                luxtrust_timeout_seconds=env.float("LUXTRUST_TIMEOUT_SECONDS", 8.0),
                trusted_proxies=env.int("TRUSTED_PROXIES", 0),
                one_time_code_minutes=env.int("ONE_TIME_CODE_MINUTES", 15),
                activation_code_days=env.int("ACTIVATION_CODE_DAYS", 90),
                derive_matricule_11=env.bool("DERIVE_MATRICULE_11", True),
                import_processes=env.int("IMPORT_PROCESSES", _processors()),
                letter_processes=env.int("LETTER_PROCESSES", _processors()),
                letter_wait_days=env.int("LETTER_WAIT_DAYS", 10),
                letters_reissued_automatically=env.bool("LETTERS_REISSUED_AUTOMATICALLY", False),
                identity_check_days=env.int("IDENTITY_CHECK_DAYS", 5),
                identity_evidence_days=env.int("IDENTITY_EVIDENCE_DAYS", 30),
                declaration_days=env.int("DECLARATION_DAYS", 14),
                helpdesk_phone=env.str("HELPDESK_PHONE", "(+352) 27 12 50 18 33"),
                helpdesk_email=env.str("HELPDESK_EMAIL", "helpdesk@esante.lu"),
                log_level=env.str("LOG_LEVEL", "INFO").upper(),
                metrics_token=env.str("METRICS_TOKEN", ""),
            )

    def refusals(self) -> list[str]:
        """Why production may not start with these values: one sentence a variable, empty when it may."""
        if self.mode is not Mode.PRODUCTION:
            return []
        reasons = self._key_refusals()
        if self.debug:
            reasons.append("GESOND_DEBUG must be off")
        if not self.database_url:
            reasons.append("GESOND_DATABASE_URL is missing: the embedded server is for demos and tests")
        if not self.allowed_hosts or "*" in self.allowed_hosts:
            reasons.append("GESOND_ALLOWED_HOSTS must name the hosts, and not be *")
        if self.metrics_token and len(self.metrics_token) < METRICS_TOKEN_LENGTH:
            reasons.append(f"GESOND_METRICS_TOKEN must have {METRICS_TOKEN_LENGTH} characters or more")
        if not self.base_url.startswith("https://"):
            reasons.append("GESOND_BASE_URL must start with https://")
        if self.smtp_url == "outbox:":
            reasons.append("GESOND_SMTP_URL must name a mail server: the demo's outbox sends nothing")
        if self.sms_url == "outbox:":
            reasons.append("GESOND_SMS_URL must name a gateway: the demo's outbox sends nothing")
        if self.keep_message_bodies:
            reasons.append("GESOND_KEEP_MESSAGE_BODIES must be off: bodies hold one-time codes")
        reasons += luxtrust_refusals(self)
        unknown = set(self.doors) - set(DOORS)
        if unknown:
            reasons.append(f"GESOND_DOORS names no such door: {', '.join(sorted(unknown))}")
        return reasons

    def _key_refusals(self) -> list[str]:
        """A key that everybody knows, that cannot be read, or that has two uses, so that one leak is two."""
        reasons = []
        if self.secret_key == DEMO_SECRET or len(self.secret_key) < SECRET_KEY_LENGTH:
            reasons.append(f"GESOND_SECRET_KEY {UNSAFE}")
        rings = {
            "GESOND_ENCRYPTION_KEYS": self.encryption_keys,
            "GESOND_HASH_KEYS": self.hash_keys,
            "GESOND_JOURNAL_KEY": (f"journal:{self.journal_key}",),
        }
        seen: set[bytes] = set()
        for name, pairs in rings.items():
            keys, reason = _keys_of(name, pairs)
            if not reason and keys & seen:
                reason = f"{name} holds a key that has another use: make one for each with `manage.py new_key`"
            reasons += [reason] if reason else []
            seen |= keys
        return reasons


def _keys_of(name: str, pairs: tuple[str, ...]) -> tuple[set[bytes], str]:
    """The keys that a variable holds, or why it may not hold what it does."""
    try:
        keys = set(KeyRing.parse(pairs).keys.values())
    except KeyRingError as error:
        return set(), f"{name} cannot be read: {error}"
    return keys, f"{name} {UNSAFE}" if keys & _demo_keys() else ""


def new_key() -> str:
    """A fresh 256-bit key as base64, for `GESOND_ENCRYPTION_KEYS` and its like."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _processors() -> int:
    """The processors this process may use, four at most: beyond, one more brings little."""
    return min(len(os.sched_getaffinity(0)), 4)


def _demo_keys() -> set[bytes]:
    """Whatever name they are given: what makes them known to everybody is their bytes."""
    pairs = tuple(f"{purpose}:{_demo_key(purpose).partition(':')[2]}" for purpose in ("encryption", "hash", "journal"))
    return set(KeyRing.parse(pairs).keys.values())


def _demo_key(purpose: str) -> str:
    """The same well-known key on every demo, so that a data folder survives a restart. Production refuses it."""
    return "demo:" + base64.b64encode(f"gesond demo {purpose} key".ljust(32, ".").encode()[:32]).decode()
