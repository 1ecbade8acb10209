"""Every write of the helpdesk."""
