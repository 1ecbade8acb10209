"""The forms of the helpdesk's pages."""
