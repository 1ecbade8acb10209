"""The provider as the operator configured it (`gesond.config.environment`)."""

from django.conf import settings

from gesond.config.environment import Environment
from gesond.config.luxtrust import LEVELS

CALLBACK = "/luxtrust/callback"  # the same in every language: it is registered with the provider
# What an ID token may be signed with: never `none`, and never a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")


def environment() -> Environment:
    env: Environment = settings.ENVIRONMENT
    return env


def is_offered() -> bool:
    """Whether this deployment has LuxTrust at all; pages that offer it ask first."""
    return bool(environment().luxtrust_issuer)


def redirect_uri() -> str:
    """Where the provider sends the browser back to: registered there, letter for letter."""
    return environment().base_url + CALLBACK


def is_enough(level: str) -> bool:
    """Whether a level of assurance is at least the one that is asked for."""
    return level in LEVELS and LEVELS.index(level) >= LEVELS.index(environment().luxtrust_least_assurance)
