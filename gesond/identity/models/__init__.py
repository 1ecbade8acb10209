"""Tables of persons, their letters, their accounts and what proves them."""

from gesond.identity.models.account import Account, AccountManager, AccountState, CodeChannel, Door
from gesond.identity.models.activation import Activation, ActivationCode, LetterBatch, LetterRequest
from gesond.identity.models.assisted_activation import AssistedActivation, PostedNotice
from gesond.identity.models.channel_change import ChannelChange
from gesond.identity.models.data_export import DataExport
from gesond.identity.models.identity_check import (
    IdentityCheck,
    IdentityCheckLink,
    IdentityDecision,
    IdentityEvidence,
)
from gesond.identity.models.luxtrust import Assurance, Device, LuxTrustFlow, LuxTrustProduct, LuxTrustProvider
from gesond.identity.models.one_time_code import OneTimeCode, Purpose
from gesond.identity.models.passkey import Passkey
from gesond.identity.models.password_reset import PasswordReset
from gesond.identity.models.person import Language, Person
from gesond.identity.models.session import Session
from gesond.identity.models.sign_in import PendingSignIn, SignInFailure
from gesond.identity.models.staff import Role, StaffMember
from gesond.identity.models.staff_look import LookReason, StaffLook
from gesond.identity.models.terms import TermsAcceptance, TermsVersion
from gesond.identity.models.throttle import Throttle
from gesond.identity.models.totp import RecoveryCode, TotpDevice

__all__ = [
    "Account",
    "AccountManager",
    "AccountState",
    "Activation",
    "ActivationCode",
    "AssistedActivation",
    "Assurance",
    "ChannelChange",
    "CodeChannel",
    "DataExport",
    "Device",
    "Door",
    "IdentityCheck",
    "IdentityCheckLink",
    "IdentityDecision",
    "IdentityEvidence",
    "Language",
    "LetterBatch",
    "LetterRequest",
    "LookReason",
    "LuxTrustFlow",
    "LuxTrustProduct",
    "LuxTrustProvider",
    "OneTimeCode",
    "Passkey",
    "PasswordReset",
    "PendingSignIn",
    "Person",
    "PostedNotice",
    "Purpose",
    "RecoveryCode",
    "Role",
    "Session",
    "SignInFailure",
    "StaffLook",
    "StaffMember",
    "TermsAcceptance",
    "TermsVersion",
    "Throttle",
    "TotpDevice",
]
