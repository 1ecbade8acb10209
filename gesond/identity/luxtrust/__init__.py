"""Proving who one is with LuxTrust, by OpenID Connect. Everything about the provider is configuration."""
