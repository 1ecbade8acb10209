"""forms of the identity app, a module a topic."""
