"""What the pages of the desk show, one module a topic."""
