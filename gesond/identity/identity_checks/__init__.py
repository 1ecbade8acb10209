"""Identity checks: whose there are, what applicants are written, why one is refused."""
