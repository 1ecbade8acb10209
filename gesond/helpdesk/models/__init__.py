"""Tables of the helpdesk."""

from gesond.helpdesk.models.requests import Category, HelpLink, HelpMessage, HelpRequest, InternalNote

__all__ = ["Category", "HelpLink", "HelpMessage", "HelpRequest", "InternalNote"]
