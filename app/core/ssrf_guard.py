"""SSRF guard: connect to hosts that users enter only at public addresses, never on this machine or in its network."""

import ipaddress
import socket

from app.core import settings


class PrivateAddressError(OSError):
    """The host resolves to this machine, to a private network, or to no publicly reachable address."""


def connect_public(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect to a checked address; the name is resolved once, so a second answer cannot differ (DNS rebinding).

    Raises PrivateAddressError, and OSError if no address accepts. With PRIVATE_HOSTS private addresses are allowed too.
    """
    error: OSError = PrivateAddressError(f"{host} leads nowhere.")
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as no_name:
        raise PrivateAddressError(f"{host!r} is no name of a host.") from no_name
    for family, kind, protocol, _name, address in addresses:
        if not settings().private_hosts and not is_public_address(str(address[0])):
            raise PrivateAddressError(f"{host} does not stand outside.")
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout_s)
        try:
            connection.connect(address)
        except OSError as failure:
            connection.close()
            error = failure
            continue
        return connection
    raise error


def is_private_host(host: str) -> bool:
    """Whether the name alone says that this is here or in a private network; with PRIVATE_HOSTS nothing is."""
    if settings().private_hosts:
        return False
    if host.endswith(PRIVATE_SUFFIXES) or f".{host}" in PRIVATE_SUFFIXES:
        return True
    try:
        return not is_public_address(host)
    except ValueError:
        return False


def is_public_address(address: str) -> bool:
    """Whether this IP address is public; an IPv6 address that embeds an IPv4 address is judged by that."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


# RFC 6761, 6762, 8375, 9476, and what home routers call themselves
PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".fritz.box")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
