"""The Content-Security-Policy header. It is the same for almost every answer, so it is written out once."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What django-csp's decorators leave on an answer whose policy is its own.
OWN_POLICY = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware without its tenth of a millisecond where nothing asks for a policy of its own."""

    usual = ""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(request, "_csp_nonce", None) or any(hasattr(response, mark) for mark in OWN_POLICY):
            return super().process_response(request, response)
        self.usual = self.usual or build_policy()
        response.headers.setdefault(HEADER, self.usual)
        return response
