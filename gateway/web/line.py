"""How private a browser's line to the gateway is, and where it comes from."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from gateway.web.context import HTTP

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded")


def from_this_machine(request: web.Request) -> bool:
    """Whether the other end of the connection is on this machine: a browser, or a reverse proxy."""
    ours = request.transport.get_extra_info("sockname") if request.transport is not None else None
    # A machine that speaks to itself by its own address has it at both ends.
    return _is_loopback(request.remote or "") or (isinstance(ours, tuple) and ours[0] == request.remote)


def is_forwarded(request: web.Request) -> bool:
    """Whether a reverse proxy handed the request on."""
    return any(name in request.headers for name in _FORWARDED)


def shown_to(request: web.Request) -> bool:
    """Whether the health page and the numbers are for whoever asks: this machine, or all if so set."""
    everywhere = HTTP in request.app and request.app[HTTP].open_health
    return everywhere or (from_this_machine(request) and not is_forwarded(request))


def is_encrypted(request: web.Request) -> bool:
    """Whether nobody between can read along: our own TLS, or a proxy on this machine that says so."""
    if request.transport is not None and request.transport.get_extra_info("sslcontext") is not None:
        return True
    return (
        bool(request.app[HTTP].public_url)
        and from_this_machine(request)
        and _last(request, "X-Forwarded-Proto") == "https"
    )


def is_private(request: web.Request) -> bool:
    """Whether a password may be typed here: encrypted, or never leaving this machine."""
    if is_encrypted(request):
        return True
    return from_this_machine(request) and not is_forwarded(request) and host_name(request) in _LOCAL_NAMES


def client_address(request: web.Request) -> str:
    """Give the address the browser has, as far as a proxy on this machine can be believed."""
    if from_this_machine(request) and request.app[HTTP].public_url:
        return _last(request, "X-Forwarded-For") or (request.remote or "")
    return request.remote or ""


def host_name(request: web.Request) -> str:
    """Give the name the browser calls us by, without the port."""
    try:
        return (urlsplit(f"//{request.host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def knows_host(request: web.Request) -> bool:
    """Whether the name is one of ours. Any address will do: only a name can be pointed elsewhere."""
    name, http = host_name(request), request.app[HTTP]
    if name in _LOCAL_NAMES or name in http.allowed_hosts or name == http.host:
        return True
    if http.public_url and name == urlsplit(http.public_url).hostname:
        return True
    return _is_address(name)


def own_origin(request: web.Request) -> str:
    """Give the origin of our own pages, as this browser sees them."""
    return f"{'https' if is_encrypted(request) else 'http'}://{request.host.casefold()}"


def _last(request: web.Request, header: str) -> str:
    # The last value is the one our own proxy wrote; those before it may be anybody's.
    values = ",".join(request.headers.getall(header, [])).split(",")
    return values[-1].strip()


def _is_loopback(name: str) -> bool:
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
