"""The helpdesk's pages."""
