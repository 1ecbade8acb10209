"""A provider that stands in for LuxTrust in the demo: real OpenID Connect, in a process of its own.

The product knows it by its issuer's address alone, as it would know LuxTrust.
"""
