"""Both clients speak HTTPS, as they do to Bitget: kept connections, known certificates only."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from papertape import AsyncClient, Client, Environment, NetworkError
from tests.sdk.recording import SUCCESS


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "exchange.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


class Exchange(BaseHTTPRequestHandler):
    """Answers the time to everything."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One answer."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(SUCCESS)))
        self.end_headers()
        self.wfile.write(SUCCESS)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def place(pem: Path) -> Iterator[Environment]:
    """A server that speaks HTTPS with the certificate."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Environment(rest=f"https://127.0.0.1:{server.server_address[1]}", ws="wss://127.0.0.1:1")
    server.shutdown()
    thread.join()
    server.server_close()


def test_calls_go_over_tls(place: Environment, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with Client(place) as client:
        assert [client.public.time().server_time for _ in range(3)] == [1_700_000_000_123] * 3


def test_a_strangers_certificate_is_refused_before_anything_is_sent(place: Environment) -> None:
    with Client(place, retries=0) as client, pytest.raises(NetworkError, match=r"(?i)certificate") as caught:
        client.public.time()
    assert not caught.value.sent

    async def same() -> None:
        async with AsyncClient(place, retries=0) as other:
            with pytest.raises(NetworkError, match=r"(?i)certificate") as seen:
                await other.public.time()
            assert not seen.value.sent

    asyncio.run(same())
