"""Where the simulator is, and how the demo's processes come to use it."""

from urllib.parse import urlsplit

from gesond.config.environment import Environment

PORT_OFFSET = 2
CLIENT_ID = "gesond"
CLIENT_SECRET = "a-secret-of-the-demo"  # noqa: S105 - everybody's, as the demo is


def simulator_port(env: Environment) -> int:
    return env.port + PORT_OFFSET


def issuer(env: Environment) -> str:
    """On the host that people type for the demo itself."""
    return f"http://{urlsplit(env.base_url).hostname}:{simulator_port(env)}"


def is_wanted(env: Environment) -> bool:
    """Unless the operator names a provider."""
    return env.luxtrust_issuer in {"", issuer(env)}


def provider_settings(env: Environment) -> dict[str, str]:
    """What an operator would write into the environment, for the processes that need the provider."""
    return {
        "GESOND_LUXTRUST_ISSUER": issuer(env),
        "GESOND_LUXTRUST_CLIENT_ID": CLIENT_ID,
        "GESOND_LUXTRUST_CLIENT_SECRET": CLIENT_SECRET,
    }
