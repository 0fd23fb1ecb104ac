"""Carries the colour (x-gray-tag, baggage) and the trace (traceparent, tracestate) of the request that is being served
to the requests the application makes meanwhile. One file, no dependencies:

    import banyan_shim
    banyan_shim.install()                                       # urllib, http.client, requests, urllib3
    app.wsgi_app = banyan_shim.WsgiMiddleware(app.wsgi_app)     # Flask
    application = banyan_shim.WsgiMiddleware(application)       # Django and other WSGI
    app = banyan_shim.AsgiMiddleware(app)                       # FastAPI, Starlette, Django under ASGI

Clients that do not stand on http.client (httpx, aiohttp) are given `headers=banyan_shim.headers()`. What is carried
belongs to a context of contextvars: each thread and each asyncio task has its own, a task inherits it, and work handed
to a thread takes it along by `contextvars.copy_context().run`. The fields go to every server that is asked;
`install(hosts={"orders.internal"})` names the only ones.
"""
import contextvars
import http.client
import re

NAMES = ("traceparent", "tracestate", "baggage", "x-gray-tag")
VALUE_BYTES_MAX = 8192
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

_carried = contextvars.ContextVar("banyan_shim", default={})


def headers():
    """The fields to pass on, by name; a dict of one's own."""
    return dict(_carried.get())


def carriable(name, value):
    """What a client could smuggle a field in with, or make every request large by, is left behind."""
    if not value or len(value) > VALUE_BYTES_MAX or any(not " " <= c <= "~" for c in value):
        return False
    return name != "traceparent" or TRACEPARENT.match(value) is not None


def _select(pairs):
    return {name: value for name, value in pairs if name in NAMES and carriable(name, value)}


class WsgiMiddleware:
    """Around a WSGI application."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        pairs = ((name, environ.get("HTTP_" + name.upper().replace("-", "_"), "")) for name in NAMES)
        token = _carried.set(_select(pairs))
        try:
            answer = self.application(environ, start_response)
        except BaseException:
            _carried.reset(token)
            raise
        return _Answer(answer, token)


class _Answer:
    """An answer that is still being made may ask other services: what is carried ends with it."""

    def __init__(self, answer, token):
        self.answer = answer
        self.token = token

    def __iter__(self):
        return iter(self.answer)

    def close(self):
        try:
            if hasattr(self.answer, "close"):
                self.answer.close()
        finally:
            if self.token is not None:
                _carried.reset(self.token)
                self.token = None


class AsgiMiddleware:
    """Around an ASGI application. Each request is a task of its own, and so is its context."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await self.application(scope, receive, send)
        pairs = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
        token = _carried.set(_select(pairs))
        try:
            return await self.application(scope, receive, send)
        finally:
            _carried.reset(token)


def install(hosts=None):
    """Makes http.client, and with it urllib, requests and urllib3, send the fields; those the caller gives go first.

    HOSTS: the only names they are sent to; None for all. A second call changes HOSTS.
    """
    connection = http.client.HTTPConnection
    connection.banyan_hosts = None if hosts is None else frozenset(hosts)
    if hasattr(connection, "banyan_installed"):
        return
    connection.banyan_installed = True
    putrequest, putheader, endheaders = connection.putrequest, connection.putheader, connection.endheaders

    def put_request(self, method, url, *arguments, **options):
        self.banyan_given = set()
        return putrequest(self, method, url, *arguments, **options)

    def put_header(self, name, *values):
        given = getattr(self, "banyan_given", None)
        if given is not None:
            given.add((name.decode("latin-1") if isinstance(name, bytes) else name).lower())
        return putheader(self, name, *values)

    def end_headers(self, *arguments, **options):
        if self.banyan_hosts is None or self.host in self.banyan_hosts:
            given = getattr(self, "banyan_given", set())
            for name, value in _carried.get().items():
                if name not in given:
                    putheader(self, name, value)
        return endheaders(self, *arguments, **options)

    connection.putrequest, connection.putheader, connection.endheaders = put_request, put_header, end_headers
