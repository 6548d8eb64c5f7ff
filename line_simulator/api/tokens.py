"""Answers the endpoints that issue, verify and revoke channel access tokens."""

from urllib.parse import parse_qs

from line_simulator.api.calls import ApiCall, ApiResponse, Endpoint
from line_simulator.channel.access_tokens import SHORT_LIVED_SECONDS, STATELESS_SECONDS
from line_simulator.channel.limits import TOKEN_ISSUE


def _read_form(call: ApiCall) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(call.raw.decode("utf-8", "replace")).items()}


def _refuse(error: str, description: str) -> ApiResponse:
    """Returns an OAuth error body; the token endpoints do not use the `message` body of the others."""
    return ApiResponse({"error": error, "error_description": description}, 400)


def _find_client_error(call: ApiCall, form: dict[str, str]) -> ApiResponse | None:
    if form.get("grant_type") != "client_credentials":
        return _refuse("unsupported_grant_type", "grant_type must be client_credentials")
    if not form.get("client_id") or not call.sim.tokens.is_channel_secret(form.get("client_secret", "")):
        return _refuse("invalid_client", "invalid client_id or client_secret")
    return None


def _issue_stateless(call: ApiCall) -> ApiResponse:
    refused = _find_client_error(call, _read_form(call))
    if refused:
        return refused
    token = call.sim.tokens.issue_stateless()
    return ApiResponse({"token_type": "Bearer", "access_token": token, "expires_in": STATELESS_SECONDS})


def _issue_short_lived(call: ApiCall) -> ApiResponse:
    refused = _find_client_error(call, _read_form(call))
    if refused:
        return refused
    token = call.sim.tokens.issue_short_lived()
    return ApiResponse({"access_token": token, "expires_in": SHORT_LIVED_SECONDS, "token_type": "Bearer"})


def _verify(call: ApiCall) -> ApiResponse:
    token = _read_form(call).get("access_token") or call.query.get("access_token", "")
    seconds = call.sim.tokens.seconds_left(token)
    if not seconds:
        return _refuse("invalid_request", "The access token expired")
    return ApiResponse({"client_id": "1234567890", "expires_in": seconds, "scope": "P"})


def _revoke(call: ApiCall) -> ApiResponse:
    call.sim.tokens.revoke(_read_form(call).get("access_token", ""))
    return ApiResponse(b"", headers={"Content-Type": "text/plain"})


ENDPOINTS = (
    Endpoint("POST", "/oauth2/v3/token", _issue_stateless, needs_token=False),
    Endpoint("GET", "/oauth2/v2.1/verify", _verify, needs_token=False),
    Endpoint("POST", "/v2/oauth/accessToken", _issue_short_lived, rate=TOKEN_ISSUE, needs_token=False),
    Endpoint("POST", "/v2/oauth/verify", _verify, needs_token=False),
    Endpoint("POST", "/v2/oauth/revoke", _revoke, needs_token=False),
)
