"""Addresses that users give lead outside, never into our own network."""

import pytest
from flask import Flask

from app.core.ssrf_guard import PrivateAddressError, connect_public, is_public_address


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_what_the_world_can_reach_is_outside(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "ff02::1",
    ],
)  # fmt: skip
def test_ourselves_our_network_and_what_wraps_them_is_not(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]".strip("[]")])
def test_nobody_is_led_to_this_machine(app: Flask, host: str) -> None:
    with app.app_context(), pytest.raises(PrivateAddressError):
        connect_public(host, 25, 1.0)
