"""Webhooks go to the open internet, and to receivers at home that somebody named, and nowhere else."""

from __future__ import annotations

import pytest

from gateway.webhooks.addresses import NOBODY, on_own_link, read_allowed, refusal
from gateway.webhooks.endpoints import url_problem

GLOBAL = ["8.8.8.8", "151.101.1.69", "2606:4700::1111", "2a00:1450:4009::200e", "64:ff9b::808:808"]
INSIDE = {
    "this machine": ["127.0.0.1", "127.255.255.254", "::1"],
    "no address at all": ["0.0.0.0", "::"],
    "private": ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.178.1", "fd00::1", "fc00::1"],
    "link-local, where clouds keep secrets": ["169.254.169.254", "fe80::1", "fe80::1%1"],
    "shared among a provider's customers": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "broadcast and reserved": ["255.255.255.255", "240.0.0.1", "192.0.0.8", "198.18.0.1"],
    "for examples": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "IPv4 inside IPv6": ["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "ISATAP": ["2606:4700::5efe:7f00:1", "2606:4700::200:5efe:c0a8:101"],
    "NAT64 to the inside": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1"],
    "given out to nobody": ["fec0::1", "100::1", "5f00::1", "4000::1"],
}
NOT_ADDRESSES = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", ""]


@pytest.mark.parametrize("ip", GLOBAL)
def test_the_open_internet_may_be_reached_over_tls_alone(ip: str) -> None:
    assert refusal(ip, 443, host="example.org", encrypted=True) == ""
    assert "without encryption" in refusal(ip, 80, host="example.org", encrypted=False)


@pytest.mark.parametrize(("ip", "why"), [(ip, why) for why, ips in INSIDE.items() for ip in ips])
def test_nothing_else_may_be_reached(ip: str, why: str) -> None:
    assert refusal(ip, 443, host="example.org", encrypted=True), why


@pytest.mark.parametrize("text", NOT_ADDRESSES)
def test_what_is_no_plain_address_is_refused_where_a_socket_is_made(text: str) -> None:
    assert refusal(text, 443, host=text, encrypted=True)


def test_a_named_receiver_at_home_may_be_reached_on_its_port_alone() -> None:
    allowed = read_allowed(["192.168.1.20:8080", "[fd00::2]:8443"])
    assert refusal("192.168.1.20", 8080, host="192.168.1.20", encrypted=False, allowed=allowed) == ""
    assert refusal("fd00::2", 8443, host="fd00::2", encrypted=True, allowed=allowed) == ""
    for ip, port in (("192.168.1.20", 8081), ("192.168.1.21", 8080), ("fd00::2", 8080), ("127.0.0.1", 8080)):
        assert refusal(ip, port, host=ip, encrypted=True, allowed=allowed)


def test_a_named_network_may_be_reached_on_every_port() -> None:
    allowed = read_allowed(["192.168.1.0/24"])
    assert refusal("192.168.1.77", 99, host="box.lan", encrypted=False, allowed=allowed) == ""
    assert refusal("192.168.2.1", 99, host="box.lan", encrypted=False, allowed=allowed)


def test_a_receiver_named_by_name_may_be_any_ordinary_address_at_home() -> None:
    allowed = read_allowed(["Box.lan:8080"])
    for ip in ("192.168.1.20", "10.0.0.1", "fd00::2", "127.0.0.1"):
        assert refusal(ip, 8080, host="box.lan", encrypted=False, allowed=allowed) == ""
    for ip in ("169.254.169.254", "224.0.0.1", "0.0.0.0", "fe80::1"):
        assert refusal(ip, 8080, host="box.lan", encrypted=False, allowed=allowed)
    assert refusal("192.168.1.20", 8080, host="other.lan", encrypted=False, allowed=allowed)
    assert refusal("192.168.1.20", 22, host="box.lan", encrypted=False, allowed=allowed)


@pytest.mark.parametrize(
    "entry", ["192.168.1.20", "box.lan", "box.lan:http", "box.lan:0", ":80", "box:70000", "1.2.3.4/33", ""]
)
def test_what_names_no_receiver_is_refused(entry: str) -> None:
    with pytest.raises(ValueError):
        read_allowed([entry])


def test_a_global_address_next_door_is_known_as_such() -> None:
    assert on_own_link("2a00:1450:1:2::5", "2a00:1450:1:2:aaaa::1")
    assert not on_own_link("2a00:1450:1:2::5", "2a00:1450:1:3::5")
    assert on_own_link("8.8.8.8", "8.8.8.8")
    assert not on_own_link("8.8.8.8", "8.8.4.4")


@pytest.mark.parametrize(
    "url",
    [
        "https://cases.example.org/hooks?x=1",
        "https://cases.example.org:8443/",
        "https://bücher.example/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
    ],
)
def test_an_address_on_the_internet_is_taken(url: str) -> None:
    assert url_problem(url, NOBODY) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cases.example.org",
        "ftp://cases.example.org/",
        "file:///etc/passwd",
        "http://cases.example.org/",
        "https://",
        "https:///x",
        "https://user:secret@cases.example.org/",
        "https://cases.example.org/#x",
        "https://cases.example.org:99999/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://①②⑦.0.0.1/",
        f"https://cases.example.org/{'a' * 2000}",
    ],
)
def test_any_other_address_is_refused_with_words(url: str) -> None:
    assert url_problem(url, NOBODY).endswith((".", "plainline", "https://"))


def test_a_named_receiver_needs_no_encryption() -> None:
    allowed = read_allowed(["192.168.1.20:8080", "box.lan:80"])
    assert url_problem("http://192.168.1.20:8080/x", allowed) == ""
    assert url_problem("http://box.lan/x", allowed) == ""
    assert url_problem("http://192.168.1.20/x", allowed)
    assert url_problem("http://other.lan/x", allowed)
