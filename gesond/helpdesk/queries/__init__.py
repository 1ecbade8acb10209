"""What the helpdesk's pages show."""
