"""The cast as it stands now."""

from gesond.demo.models import DemoPerson
from gesond.identity.credentials.activation_codes import HASH_PURPOSE, ActivationCodeText
from gesond.identity.models import ActivationCode
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule


def people() -> list[dict[str, str]]:
    """Every persona as text, for the table and for programs. `code_state` is that of the code today."""
    return [_as_text(row) for row in DemoPerson.objects.select_related("person").order_by("pk")]


def _as_text(row: DemoPerson) -> dict[str, str]:
    matricule = Matricule(str(row.person.matricule))
    with_short = row.key == "short-matricule" and matricule.short is not None
    return {
        "key": row.key,
        "role": row.role,
        "name": row.person.full_name,
        "language": row.person.language,
        "matricule": matricule.value,
        "matricule_11": matricule.short.value if with_short and matricule.short else "",
        "code": row.code,
        "code_state": _state(row.code),
        "former_code": row.former_code,
        "professional_code": row.professional_code,
        "professional_code_state": _state(row.professional_code),
        "email": row.email,
        "phone": row.phone,
        "password": row.password,
        "luxtrust_subject": row.luxtrust_subject,
        "hint": row.hint,
    }


def _state(code: str) -> str:
    """`works`, `expired`, `used`, `cancelled`, `exhausted`; empty without a code."""
    if not code:
        return ""
    symbols = ActivationCodeText.parse(code).symbols
    stored = ActivationCode.objects.filter(code_hash__in=keyed_hashes(symbols, purpose=HASH_PURPOSE)).first()
    if stored is None:
        return "unknown"
    if stored.state != ActivationCode.State.LIVE:
        return str(stored.state)
    return "works" if stored.expires_at > now() else "expired"
