"""The HTTP side: keys of the account, versions, idempotency, faults and the routes of the API."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from marketplace.adapters.standin import pages
from marketplace.adapters.standin.answers import ApiError, refused
from marketplace.adapters.standin.events import API_VERSION
from marketplace.adapters.standin.parameters import ParameterError, Values, check, decode
from marketplace.adapters.standin.routes import ROUTES, Call, Route
from marketplace.adapters.standin.store import PLATFORM, Books, Saved, Store

if TYPE_CHECKING:  # a package of types only
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEYS_LIVE: Final = {"v1": timedelta(hours=24), "v2": timedelta(days=30)}
LONGEST_KEY: Final = 255

DOWN: Final = "down"
RESET_BEFORE: Final = "reset_before"
RESET_AFTER: Final = "reset_after"
CUT: Final = "cut"
SLOW: Final = "slow"
ERROR_BEFORE: Final = "error_before"
ERROR_AFTER: Final = "error_after"
CONFLICT: Final = "conflict"
TOO_MANY: Final = "too_many"
WRONG_KEY: Final = "wrong_key"
HTML: Final = "html"
KEY_FORGOTTEN: Final = "key_forgotten"

FAULTS: Final = (
    DOWN,
    RESET_BEFORE,
    RESET_AFTER,
    CUT,
    SLOW,
    ERROR_BEFORE,
    ERROR_AFTER,
    CONFLICT,
    TOO_MANY,
    WRONG_KEY,
    HTML,
    KEY_FORGOTTEN,
)
"""down, reset_before: no work, the line is cut · reset_after: works, cuts the line · cut: works,
answers half · slow: works, answers late · error_before, error_after: a 500 without or with the
work done, kept under the key · conflict: 409 · too_many: 429 · wrong_key: 401 · html: a 502 page
of a proxy · key_forgotten: does not know the key it was given before."""

SLOW_SECONDS: Final = 3
PICTURE: Final = "/favicon.ico"
"""What browsers ask of every server; there is none."""


class StandIn:
    """The stand-in as a WSGI application. key: the platform's secret key it knows."""

    def __init__(
        self, store: Store, key: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Answer from a store."""
        self.store = store
        self._key = key
        self._sleep = sleep

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request, unless a fault gets in the way."""
        request = Request(environ)
        if request.path == PICTURE:
            return Response(status=HTTPStatus.NO_CONTENT)(environ, start)
        if not request.path.startswith("/standin/"):
            return self._api(request)(environ, start)
        return self._page(request)(environ, start)

    def switch_on(
        self, name: str, *, times: int | None = None, percent: int = 100, seed: int = 0
    ) -> None:
        """Let a fault happen for the next `times` calls, each with a probability."""
        if name not in FAULTS:
            raise ValueError(f"{name} is not one of {', '.join(FAULTS)}")
        with self.store.work() as books:
            books.switch_on(name, times, percent, seed)

    def switch_off(self) -> None:
        """Switch every fault off."""
        with self.store.work() as books:
            books.switch_off()

    def _strikes(self, name: str) -> bool:
        with self.store.work() as books:
            return books.strikes(name)

    def _api(self, request: Request) -> Response:
        early = self._early(request)
        if early is not None:
            return early
        response = self._answer(request)
        if self._strikes(SLOW):
            self._sleep(SLOW_SECONDS)
        if self._strikes(RESET_AFTER):
            return _hang_up(request)
        if self._strikes(CUT):
            return _half(response)
        return response

    def _early(self, request: Request) -> Response | None:
        """Return what goes wrong before anything is done."""
        if self._strikes(DOWN) or self._strikes(RESET_BEFORE):
            return _hang_up(request)
        if self._strikes(HTML):
            return Response("<html>Bad gateway</html>", 502, mimetype="text/html")
        if self._strikes(TOO_MANY):
            return _error(_limited())
        is_known = request.headers.get("Authorization") == f"Bearer {self._key}"
        if not is_known or self._strikes(WRONG_KEY):
            return _error(ApiError(401, "invalid_request_error", "", "Invalid API Key provided"))
        return None

    def _answer(self, request: Request) -> Response:
        try:
            route, names = RULES.bind_to_environ(request.environ).match()
            asked = _asked(request, route.shape)
            account = request.headers.get("Stripe-Account", PLATFORM)
            call = Call(account, request.host_url.rstrip("/"), names, asked)
            with self.store.work() as books:
                _check_account(books, call.account)
                if request.method == "GET":
                    return _response(200, json.dumps(route.answer(books, call)))
                return _once(books, request, route, call)
        except ApiError as refusal:
            return _error(refusal)
        except HTTPException:
            text = f"Unrecognized request URL ({request.method}: {request.path})."
            return _error(refused("", text, status=404))

    def _page(self, request: Request) -> Response:
        """Show or carry out what a person does on Stripe's own pages."""
        try:
            endpoint, names = RULES.bind_to_environ(request.environ).match()
        except HTTPException as problem:
            return Response(str(problem.description), problem.code)
        values = list(names.values())
        if request.method == "POST":
            return endpoint(self.store, *values, request.form)  # type: ignore[no-any-return]  # of a route
        return endpoint(self.store, *values)  # type: ignore[no-any-return]  # of a route


def _asked(request: Request, shape: str) -> Values:
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise refused("", f"Invalid Stripe API version: {version}")
    try:
        if request.path.startswith("/v2/") and request.method == "POST":
            return check(shape, request.get_json(silent=True) or {})
        pairs = request.args if request.method == "GET" else request.form
        return check(shape, decode(pairs.items(multi=True)))
    except ParameterError as problem:
        raise ApiError(
            400, "invalid_request_error", problem.code, problem.text, problem.name, is_kept=False
        ) from problem


def _check_account(books: Books, account: str) -> None:
    kinds = ("account", "v2.core.account")
    if account != PLATFORM and not any(books.get(kind, account) for kind in kinds):
        text = f"The provided key does not have access to account '{account}'"
        raise ApiError(403, "invalid_request_error", "account_invalid", text)


def _once(books: Books, request: Request, route: Route, call: Call) -> Response:
    """Carry a request out once for its key; without a key, every time."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return _carried_out(books, route, call)
    if len(key) > LONGEST_KEY:
        raise refused("", f"Idempotency keys have at most {LONGEST_KEY} characters.")
    said = f"{request.method} {request.path} {json.dumps(call.asked, sort_keys=True)}"
    known = books.saved(call.account, key, KEYS_LIVE[request.path.split("/")[1]])
    if known is not None and books.strikes(KEY_FORGOTTEN):
        known = None
    if known is None and books.strikes(CONFLICT):
        busy = ApiError(409, "idempotency_error", "idempotency_key_in_use", "Another request…")
        return _error(busy)
    if known is not None:
        return _replayed(known, said, key)
    response = _broken(books) or _carried_out(books, route, call)
    body = response.get_data(as_text=True)
    books.save(call.account, key, Saved(said, response.status_code, body))
    return response


def _replayed(known: Saved, said: str, key: str) -> Response:
    if known.request != said:
        text = "Keys for idempotent requests can only be used with the same parameters they were"
        text += f" first used with. Try using a key other than '{key}'."
        raise ApiError(400, "idempotency_error", "", text)
    response = _response(known.status, known.body)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _broken(books: Books) -> Response | None:
    return _server_error() if books.strikes(ERROR_BEFORE) else None


def _carried_out(books: Books, route: Route, call: Call) -> Response:
    try:
        body = route.answer(books, call)
    except ApiError as refusal:
        return _error(refusal)
    return _server_error() if books.strikes(ERROR_AFTER) else _response(200, json.dumps(body))


def _response(status: int, body: str) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["Request-Id"] = "req_standin"
    return response


def _error(refusal: ApiError) -> Response:
    return _response(refusal.status, json.dumps(refusal.body))


def _server_error() -> Response:
    return _error(ApiError(500, "api_error", "", "An unknown error occurred."))


def _limited() -> ApiError:
    return ApiError(429, "invalid_request_error", "rate_limit", "Too many requests.")


def _hang_up(request: Request) -> Response:
    """Cut the line: whoever asked sees a connection reset, never an answer."""
    line: socket.socket | None = request.environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
    return Response("", 502)


def _half(response: Response) -> Response:
    """Promise the whole body and send half of it."""
    whole = response.get_data()
    response.set_data(whole[: len(whole) // 2])
    response.headers["Content-Length"] = str(len(whole))
    return response


RULES: Final = Map(
    [
        *(Rule(one.path, methods=[one.method], endpoint=one) for one in ROUTES),
        Rule("/standin/onboarding/<token>", methods=["GET"], endpoint=pages.details),
        Rule("/standin/onboarding/<token>", methods=["POST"], endpoint=pages.give_details),
        Rule("/standin/checkout/<session_id>", methods=["GET"], endpoint=pages.checkout),
        Rule("/standin/checkout/<session_id>", methods=["POST"], endpoint=pages.pay),
        Rule("/standin/transfer/<session_id>", methods=["GET"], endpoint=pages.transfer),
    ],
)
