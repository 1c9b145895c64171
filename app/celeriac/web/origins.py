"""From where a request comes: pages of other sites must not act through a browser that can reach this server."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden

from celeriac.web.rights import is_read

_SAME = ("same-origin", "none")


def refuse_other_sites() -> None:
    """Refuses a change that a page of another origin asks for. Raises: Forbidden.

    Browsers always say where a change comes from; what says nothing is no browser.
    """
    if is_read(request.method):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        is_foreign = site not in _SAME
    else:
        is_foreign = origin is not None and _place(origin) != request.host.lower()
    if is_foreign:
        raise Forbidden(
            f"A page of {origin or 'another site'} asked for this, not one of {request.host}. Behind a proxy that "
            "changes the host, set CELERIAC_PROXIES"
        )


def _place(origin: str) -> str:
    """`name:port`, empty for what is no origin of a page."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def refuse_other_names() -> None:
    """Refuses names of this machine that are not its own, as another site's name may point here. Raises: Forbidden."""
    name = host_name(request.host)
    if not is_loopback(name):
        raise Forbidden(
            f"Nobody has to log in yet, so only http://localhost and http://127.0.0.1 work, not {name}. "
            "Add a user: celeriac users add EMAIL --role admin"
        )


def host_name(host: str) -> str:
    """The name in `name:port` or `[address]:port`."""
    return urlsplit(f"//{host}").hostname or ""


def is_loopback(name: str) -> bool:
    """True for names and addresses that only this machine has."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
