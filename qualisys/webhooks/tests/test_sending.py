"""What is sent where: public addresses alone, over TLS, without redirects, within limits."""

import datetime
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qualisys.webhooks.sending import MAX_EXCERPT_BYTES, send
from qualisys.webhooks.tests.conftest import Receiver, serve

BODY = '{"type":"webhook.ping"}'
HOST = "hooks.receiver.example"
NOT_PUBLIC = "The host's address is not on the public internet, so nothing was sent."


def answers_with(*addresses: str) -> Callable[..., list[Any]]:
    """Return a resolver that gives these addresses one after the other, the last for ever."""
    left = list(addresses)

    def resolve(host: str, port: int, *_arguments: Any, **_options: Any) -> list[Any]:
        try:
            ipaddress.ip_address(host)
            address = host
        except ValueError:
            address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def test_a_message_arrives_as_it_is(receiver: Receiver) -> None:
    """Path, headers and body reach the receiver, and a 2xx is all that counts."""
    receiver.answers(202, b"thanks")
    outcome = send(receiver.url(), {"webhook-id": "one"}, BODY)

    assert (outcome.status, outcome.excerpt, outcome.error) == (202, "", "")
    (received,) = receiver.received
    assert (received.path, received.body) == ("/hooks", BODY.encode())
    assert received.headers["webhook-id"] == "one"
    assert received.headers["user-agent"] == "QUALISYS-Webhooks/1"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert "cookie" not in received.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    """Wherever it leads, and be it to the receiver itself: the message is sent once, and the person is told."""
    receiver.answers(status, Location=receiver.url())
    outcome = send(receiver.url(), {}, BODY)

    assert outcome.status == status
    assert (
        outcome.error == f"The receiver answered {status}. Redirects are not followed: give the address they lead to."
    )
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104  # nothing is bound to it
        ),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *(
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
        ),
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_public(
    address: str, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the address stands in the URL or a name leads to it, no connection is even tried."""
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, place: tried.append(place))
    monkeypatch.setattr(socket, "getaddrinfo", answers_with(address))
    literal = f"[{address}]" if ":" in address else address
    for host in (literal, HOST):
        outcome = send(receiver.url(host, "https"), {}, BODY)
        assert (outcome.status, outcome.error) == (None, NOT_PUBLIC)
    assert tried == []


def test_a_public_address_is_what_is_connected_to(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the test above could fail: a public address is tried, and it is the one that was checked."""
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    tried: list[object] = []

    def connect(_socket: object, place: object) -> None:
        tried.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", answers_with("1.1.1.1"))
    assert send(f"https://{HOST}/hooks", {}, BODY).error == "The connection to the receiver failed."
    assert tried == [("1.1.1.1", 443)]


def test_a_name_that_changes_its_mind_reaches_nothing_else(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved once: what it would answer the second time is never connected to."""
    monkeypatch.setattr(socket, "getaddrinfo", answers_with("127.0.0.1", "10.0.0.1"))
    assert send(receiver.url(HOST), {}, BODY).status == 204
    assert receiver.received[0].headers["host"] == f"{HOST}:{receiver.port}"
    # By now the name leads elsewhere, and that is looked at too.
    assert send(receiver.url(HOST), {}, BODY).error == NOT_PUBLIC


def test_plain_http_is_spoken_in_development_alone(receiver: Receiver, settings: Any) -> None:
    """A webhook of a development that found its way elsewhere sends nothing in clear."""
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    assert send("http://1.1.1.1/", {}, BODY).error == "Only https is spoken, so nothing was sent."


def test_proxies_and_passwords_of_the_machine_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A proxy would resolve the name by itself, and a .netrc would hand out a password."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert send(receiver.url(), {}, BODY).status == 204
    assert "authorization" not in receiver.received[0].headers


def test_an_answer_is_read_within_bounds(receiver: Receiver) -> None:
    """Of an answer that is no success the beginning is kept, as text that PostgreSQL can hold and without a token."""
    token = "ghp_" + "0" * 36
    receiver.answers(500, f"no\0 {token} \u00e9".encode() + b"\xff" + b"x" * 50_000_000)
    outcome = send(receiver.url(), {}, BODY)
    assert outcome.status == 500
    assert outcome.excerpt.startswith("no [redacted] \u00e9\ufffdxxx")
    assert len(outcome.excerpt) <= MAX_EXCERPT_BYTES


def test_a_receiver_that_is_silent_is_given_up(receiver: Receiver, settings: Any) -> None:
    """Whoever does not answer in time is told so in the log of messages."""
    settings.WEBHOOK_TIMEOUT = 0.2

    def wait(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(1)  # until the other side goes

    receiver.behaviour = wait
    outcome = send(receiver.url(), {}, BODY)
    assert (outcome.status, outcome.error) == (None, "The receiver did not answer within 0.2 seconds.")


def test_a_name_that_leads_nowhere_says_so(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped host is told apart from a receiver that is down."""

    def resolve(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert send("https://nobody.example/", {}, BODY).error == "The host's name could not be resolved."


def certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate of its own authority for this name, and return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (directory / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / "key.pem").write_bytes(key.private_bytes(*form))
    return directory / "certificate.pem", directory / "key.pem"


@pytest.fixture
def tls_receiver(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that speaks TLS in the name of HOST alone, and asks for that name."""
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    made, key = certificate(tmp_path, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    monkeypatch.setattr(socket, "getaddrinfo", answers_with("127.0.0.1"))
    for receiver in serve(lambda plain: context.wrap_socket(plain, server_side=True)):
        receiver.asked = asked
        receiver.authority = made
        yield receiver


def test_tls_is_spoken_in_the_name_of_the_host(tls_receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked, and name and certificate are the host's."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_receiver.authority))
    assert send(tls_receiver.url(HOST, "https"), {}, BODY).status == 204
    assert tls_receiver.asked == [HOST]
    assert tls_receiver.received[0].headers["host"] == f"{HOST}:{tls_receiver.port}"


@pytest.mark.parametrize(("host", "trusted"), [("other.receiver.example", True), (HOST, False)])
def test_a_certificate_that_does_not_hold_is_refused(
    tls_receiver: Receiver, monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool
) -> None:
    """Another name's certificate, or one of an unknown authority, gets no message."""
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_receiver.authority))
    outcome = send(tls_receiver.url(host, "https"), {}, BODY)
    assert (outcome.status, outcome.error) == (None, "The receiver's certificate could not be verified.")
    assert tls_receiver.received == []


def test_addresses_that_were_refused_are_logged(
    receiver: Receiver, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator sees who tried to reach into the network; the person does not see what is there."""
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    with caplog.at_level(logging.WARNING):
        outcome = send("https://169.254.169.254/latest", {}, BODY)
    assert "169.254.169.254" in caplog.text
    assert "169.254" not in outcome.error
