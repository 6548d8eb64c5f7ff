"""Handles every call to both LINE hosts: request id, faults, token, rate limit, retry key and log."""

import json
import threading
import time
import uuid
from typing import Any

from flask import Response, request

from line_simulator.api.calls import ApiCall, ApiResponse, Endpoint
from line_simulator.channel.limits import MONTHLY_LIMIT_REACHED, RATE_LIMIT_EXCEEDED
from line_simulator.faults import API, ActiveFaults
from line_simulator.monitoring.log import Exchange, readable
from line_simulator.refusals import Refusal
from line_simulator.simulator import Simulator

MAX_REQUEST_BYTES = 2 * 1024 * 1024
RETRY_KEY = "X-Line-Retry-Key"
# The server looks into this set after each call; a test client has none.
SERVER_COMMANDS = "line_simulator.commands"
RESET_CONNECTION = "reset connection"
UNAUTHORISED = "Authentication failed. Confirm that the access token in the authorization header is valid."
FAULT_MESSAGES = {
    "400": "The request body has 1 error(s)",
    "401": UNAUTHORISED,
    "403": "Access to this API is not available for your account",
    "429_rate": RATE_LIMIT_EXCEEDED,
    "429_monthly": MONTHLY_LIMIT_REACHED,
    "500": "Internal server error",
    "503": "Service unavailable",
}


class Gateway:
    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator

    def answer(self, endpoint: Endpoint, **path_args: str) -> Response:
        started = time.perf_counter()
        call = self._read_call(endpoint)
        _delay(call)
        try:
            answer = self._decide(endpoint, call, path_args)
        except Refusal as refusal:
            answer = ApiResponse(refusal.body, refusal.status, refusal.headers)
        if call.faults.get("api_reset"):
            request.environ.get(SERVER_COMMANDS, set()).add(RESET_CONNECTION)
        self._write_log(call, answer, started)
        return _respond(call, answer)

    def refuse_unknown(self, status: int, message: str) -> Response:
        """Answers and logs a call to a path or a method that LINE does not have."""
        started = time.perf_counter()
        call = self._read_call(None)
        answer = ApiResponse({"message": message}, status)
        self._write_log(call, answer, started)
        return _respond(call, answer)

    def _read_call(self, endpoint: Endpoint | None) -> ApiCall:
        return ApiCall(
            sim=self._sim,
            path=request.path,
            query=request.args.to_dict(),
            headers=request.headers,
            raw=request.get_data(),
            request_id=str(uuid.uuid4()),
            faults=self._sim.faults.take([*API, *endpoint.faults]) if endpoint else ActiveFaults(),
        )

    def _decide(self, endpoint: Endpoint, call: ApiCall, path_args: dict[str, str]) -> ApiResponse:
        _refuse_by_fault(call)
        if len(call.raw) > MAX_REQUEST_BYTES:
            raise Refusal(413, "The request body is larger than 2 MB")
        if endpoint.needs_token:
            self._refuse_bad_token(call)
        if not endpoint.locked:
            self._spend(endpoint)
            return endpoint.view(call, **path_args)
        with self._sim.lock:
            self._spend(endpoint)
            answer = self._perform_once(endpoint, call, path_args)
        if call.faults.get("api_status_after_accept"):
            raise Refusal(500, FAULT_MESSAGES["500"])
        return answer

    def _spend(self, endpoint: Endpoint) -> None:
        self._sim.rates.spend(f"{endpoint.method} {endpoint.rule}", endpoint.rate)

    def _perform_once(self, endpoint: Endpoint, call: ApiCall, path_args: dict[str, str]) -> ApiResponse:
        """Runs the view, or refuses a retry key that was accepted before; a key of a call refused with 4xx
        may be used again."""
        key = call.headers.get(RETRY_KEY)
        if key is None:
            return endpoint.view(call, **path_args)
        if not endpoint.retries:
            raise Refusal(400, f"{RETRY_KEY} cannot be used with this endpoint")
        keys = self._sim.retry_keys
        keys.refuse_repeated(key, call.path, call.raw)
        answer = endpoint.view(call, **path_args)
        receipt = answer.body if isinstance(answer.body, dict) else {}
        keys.remember(key, call.path, call.raw, request_id=call.request_id, answer=receipt)
        return answer

    def _refuse_bad_token(self, call: ApiCall) -> None:
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not self._sim.tokens.is_valid(token.strip()):
            raise Refusal(401, UNAUTHORISED)

    def _write_log(self, call: ApiCall, answer: ApiResponse, started: float) -> None:
        notes = [name for name, value in call.faults.items() if value]
        content_type = answer.headers.get("Content-Type", "")
        exchange = Exchange(
            direction="api",
            method=request.method,
            path=request.full_path.rstrip("?"),
            status=answer.status,
            ms=round((time.perf_counter() - started) * 1000, 1),
            request=_without_secrets(readable(call.raw, call.content_type)),
            response=_shown(answer.body, content_type),
            retry_key=call.headers.get(RETRY_KEY),
            note=", ".join(notes) or None,
        )
        with self._sim.lock:
            self._sim.log.write(exchange)


def _delay(call: ApiCall) -> None:
    """Waits if a fault asks for it. The call is carried out afterwards; a client that timed out does not know that."""
    if seconds := call.faults.get("api_hang_seconds"):
        call.sim.faults.hang(seconds, call.faults)
    if milliseconds := call.faults.get("api_delay_ms"):
        threading.Event().wait(milliseconds / 1000)


def _refuse_by_fault(call: ApiCall) -> None:
    fault = call.faults.get("api_status")
    if fault:
        raise Refusal(int(fault[:3]), FAULT_MESSAGES[fault])


def _respond(call: ApiCall, answer: ApiResponse) -> Response:
    body: Any = answer.body
    if isinstance(body, dict):
        body = json.dumps(body, ensure_ascii=False).encode()
    response = Response(body, answer.status, content_type="application/json")
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers["x-line-request-id"] = call.request_id
    return response


def _shown(body: Any, content_type: str) -> Any:
    if isinstance(body, bytes):
        return readable(body, content_type)
    return body if isinstance(body, dict) else f"<{content_type}, stream>"


def _without_secrets(shown: Any) -> Any:
    """Returns the request for the log, without forms of the token endpoints: they carry the channel secret."""
    return "<form>" if isinstance(shown, str) and "secret" in shown else shown
