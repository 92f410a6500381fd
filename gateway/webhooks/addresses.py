"""Which addresses a webhook may go to: the open internet, and receivers at home that the settings name.

The rule is about the address a socket connects to, whatever name or notation led there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# IANA's special-purpose registries (RFC 6890 and its successors). They are written out here because
# what Python calls global has changed between its releases.
_NOT_GLOBAL_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared among a provider's customers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: clouds keep their secrets there
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# Only this half-quarter of IPv6 is given out to the world; what is not listed is refused.
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_GLOBAL_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo and others that hold an IPv4 address or none at all
        "2001:db8::/32",
        "2002::/16",  # 6to4 holds an IPv4 address
        "3fff::/20",
    )
)
# An IPv6-only network reaches IPv4 receivers by these (RFC 6052); the IPv4 address within is what counts.
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = re.compile(r"^[0-9a-f:]*:(?:0200|0000):5efe:[0-9a-f]{4}:[0-9a-f]{4}$")
_LOCAL = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Receivers on the local network that somebody meant: single ones, as host and port, and networks."""

    receivers: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    def names(self, host: str, port: int) -> bool:
        """Whether this very receiver is named, by name or address."""
        return (host.casefold().rstrip("."), port) in self.receivers

    def holds(self, address: Address, port: int) -> bool:
        """Whether an address is named, or within a named network."""
        return self.names(str(address), port) or any(address in network for network in self.networks)


NOBODY = Allowed()


def read_allowed(entries: Iterable[str]) -> Allowed:
    """Read `192.168.1.20:8080`, `[fd00::2]:8080`, `box.lan:8080`, `192.168.1.0/24`; raises ValueError."""
    receivers: set[tuple[str, int]] = set()
    networks: list[Network] = []
    for entry in entries:
        if "/" in entry:
            networks.append(ip_network(entry))
            continue
        host, _, port = entry.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"{entry} is neither host:port nor a network")
        host = host.removeprefix("[").removesuffix("]").casefold().rstrip(".")
        receivers.add((str(ip_address(host)) if ":" in host else host, int(port)))
    return Allowed(frozenset(receivers), tuple(networks))


def is_global(address: Address) -> bool:
    """Whether an address is one host on the open internet; with NAT64 the IPv4 address within counts."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_GLOBAL_4)
    if address in _NAT64:
        return is_global(IPv4Address(int(address) & 0xFFFFFFFF))
    return (
        address in _GLOBAL_6
        and not any(address in network for network in _NOT_GLOBAL_6)
        and not _ISATAP.match(address.exploded)
    )


def refusal(ip: str, port: int, *, host: str, encrypted: bool, allowed: Allowed = NOBODY) -> str:
    """Say why no socket may connect to `ip`, "" where it may; `host` is what the webhook's address names."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "it is no address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "it belongs to one network cable"
    if allowed.holds(address, port):
        return ""
    if allowed.names(host, port) and any(address in network for network in _LOCAL):
        return ""
    if not is_global(address):
        return "it is not on the open internet, and [webhooks] local in the settings does not name it"
    return "" if encrypted else "only receivers named in [webhooks] local may be reached without encryption"


def on_own_link(source: str, destination: str) -> bool:
    """Whether a global address is in truth this machine or next door: IPv6 gives both global addresses.

    `source` is the address this machine would speak from.
    """
    ours, theirs = ip_address(source.partition("%")[0]), ip_address(destination.partition("%")[0])
    if isinstance(ours, IPv6Address) and isinstance(theirs, IPv6Address):
        return int(ours) >> 64 == int(theirs) >> 64
    return ours == theirs
