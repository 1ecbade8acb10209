"""Django's PostgreSQL, but for when a connection of the pool is asked whether it still works: see `base`."""
