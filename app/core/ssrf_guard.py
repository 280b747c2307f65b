"""Addresses that users give us: whoever is reached through one stands outside, never on this machine or in its network."""

import ipaddress
import socket

from app.core import settings


class PrivateAddressError(OSError):
    """The name leads to this machine, to a private network, or nowhere that can be reached from the world."""


def connect_public(host: str, port: int, timeout_s: float) -> socket.socket:
    """A connection to an address that was looked at: the name is asked once, so it cannot lead elsewhere meanwhile.

    Raises PrivateAddressError, and OSError where nobody is reached. Where PRIVATE_HOSTS says so, private ones are reached too.
    """
    error: OSError = PrivateAddressError(f"{host} leads nowhere.")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not settings().private_hosts and not is_public_address(str(address[0])):
            raise PrivateAddressError(f"{host} does not stand outside.")
        there = socket.socket(family, kind, protocol)
        there.settimeout(timeout_s)
        try:
            there.connect(address)
        except OSError as failure:
            there.close()
            error = failure
            continue
        return there
    raise error


def is_public_address(address: str) -> bool:
    """Whether the whole world could reach this IP address; one that wraps another is what it wraps."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
