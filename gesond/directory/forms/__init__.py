"""The forms of the directory, one module a topic."""
