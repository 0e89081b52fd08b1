"""deploy/nginx/picrete.conf in front of two real API processes, where nginx is installed."""

import asyncio
import getpass
import os
import re
import shutil
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import websockets

from picrete_gql.commands.client import PROTOCOL, Client, Socket
from picrete_gql.settings import Settings
from tests import images
from tests.operating.pair import ended, serving, stop
from tests.servers.stack import Servers
from tests.support.house import House, free_port

CONF = Path(__file__).parents[2] / "deploy" / "nginx" / "picrete.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None or not shutil.which("openssl"), reason="nginx is not installed here")


@dataclass
class Front:
    """nginx, and the two processes behind it."""

    houses: list[House]
    api: int
    store: int
    plain: int
    http: httpx2.AsyncClient

    @property
    def url(self) -> str:
        """As people reach it."""
        return f"https://api.example.org:{self.api}"


class Here(httpx2.AsyncHTTPTransport):
    """Every name of example.org is this machine."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host, request.extensions["sni_hostname"] = request.url.host, request.url.host
        request.headers["Host"] = f"{host}:{request.url.port}"
        request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


def configured(folder: Path, ports: dict[str, int]) -> Path:
    """The file of `deploy/` with ports, certificates and logs of a test; all else is as it stands there."""
    text = CONF.read_text("utf-8")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{ports['first']}").replace(
        "127.0.0.1:8001", f"127.0.0.1:{ports['second']}"
    )
    text = text.replace("127.0.0.1:8333", f"127.0.0.1:{ports['s3']}").replace("listen 80;", f"listen {ports['plain']};")
    text = text.replace("listen 443", f"listen {ports['api']}", 1).replace("listen 443", f"listen {ports['store']}")
    text = re.sub(r"/etc/letsencrypt/live/[\w.]+/", f"{folder}/", text).replace("/var/log/nginx/", f"{folder}/")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    # Root's workers would be nobody, who cannot look into the folder of a test.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    main.write_text(
        f"{user} pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; daemon off;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\naccess_log {folder}/access.log;\n{temporary}{text}\n}}\n"
    )
    return main


def certificate(folder: Path) -> None:
    """One for all names, signed by itself."""
    names = "subjectAltName=DNS:api.example.org,DNS:s3.example.org"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=x",
        "-addext",
        names,
    ]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*make, *files], check=True, capture_output=True)


@pytest.fixture
async def front(settings: Settings, servers: Servers, tmp_path: Path) -> AsyncIterator[Front]:
    """All of it, started."""
    tmp_path.chmod(0o755)
    certificate(tmp_path)
    ports = {name: free_port() for name in ("api", "store", "plain")}
    ports["s3"] = int(settings.storage.endpoint.rpartition(":")[2])
    settings.storage = settings.storage.model_copy(
        update={"public_endpoint": f"https://s3.example.org:{ports['store']}"}
    )
    trusting = {"trusted_proxies": ["127.0.0.1"], "public_url": f"https://api.example.org:{ports['api']}"}
    async with serving(settings, 2, **trusting) as houses:
        houses[0].start("worker")
        ports |= {"first": houses[0].settings.http.port, "second": houses[1].settings.http.port}
        main = configured(tmp_path, ports)
        tried = subprocess.run([str(NGINX), "-t", "-c", str(main)], capture_output=True, text=True, check=False)
        assert tried.returncode == 0 and "warn" not in tried.stderr, tried.stderr
        nginx = subprocess.Popen([str(NGINX), "-c", str(main)])
        trust = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
        async with httpx2.AsyncClient(transport=Here(verify=trust), timeout=60) as http:
            made = Front(houses, ports["api"], ports["store"], ports["plain"], http)
            async with asyncio.timeout(20):
                while not await answers(made):
                    await asyncio.sleep(0.1)
            yield made
        nginx.send_signal(signal.SIGQUIT)
        await asyncio.to_thread(nginx.wait, 20)
        logs = (tmp_path / "picrete.log").read_text() + (tmp_path / "picrete-store.log").read_text()
        assert "X-Amz-Signature" not in logs and "/graphql" in logs


async def answers(front: Front) -> bool:
    """Whether it is there."""
    try:
        return (await front.http.get(f"{front.url}/healthz")).status_code == 200
    except httpx2.TransportError:
        return False


def client(front: Front) -> Client:
    """Somebody outside."""
    return Client(front.url, http=front.http)


async def test_everything_goes_through_it(front: Front) -> None:
    admin = client(front)
    await admin.sign_in("admin", "admin-password")
    me = (await admin.run("{ me { id } }"))["me"]["id"]
    course = (await admin.do("courseCreate", "course { id }", {"slug": "x", "title": "x", "teacherId": me}))["course"]
    body = images.jpeg(images.page(3))
    given = {"courseId": course["id"]}
    sent = await admin.send("materialUpload", given, "page.jpg", body, "material { id viewUrl }")
    seen = await front.http.get(sent["material"]["viewUrl"])
    assert seen.status_code == 200 and seen.content[:2] == b"\xff\xd8"
    bare = await front.http.get(sent["material"]["viewUrl"].split("?")[0])
    assert bare.status_code >= 400, "a signature is needed"
    await followed(front, admin)
    await closed_doors(front)
    await stopped_under_load(front, admin)


async def followed(front: Front, admin: Client) -> None:
    """A socket and an event stream show what is there, at once."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    query = "subscription { telegramChanged { id } }"
    address = f"wss://127.0.0.1:{front.api}/graphql"
    async with websockets.connect(
        address, subprotocols=[PROTOCOL], ssl=context, server_hostname="api.example.org"
    ) as connection:
        socket = Socket(connection)
        await socket.start({"authorization": f"Bearer {admin.token}"})
        async with asyncio.timeout(20):
            assert await anext(aiter(socket.watch(query))) == {"telegramChanged": None}
        await socket.stop()
    headers = {**admin.headers, "accept": "text/event-stream"}
    async with front.http.stream("POST", f"{front.url}/graphql", json={"query": query}, headers=headers) as stream:
        async with asyncio.timeout(20):
            async for text in stream.aiter_text():
                if "event: next" in text:
                    break


async def closed_doors(front: Front) -> None:
    """What the world does not see, and what is too large."""
    assert (await front.http.get(f"{front.url}/metrics")).status_code == 404
    assert (await front.http.get(f"{front.url}/readyz")).status_code in (200, 503), "we are inside"
    large = await front.http.post(f"{front.url}/graphql", content=b"x" * (34 * 1024 * 1024))
    assert large.status_code == 413
    plain = await front.http.get(f"http://api.example.org:{front.plain}/graphql?x=1")
    assert plain.status_code == 301 and plain.headers["location"] == "https://api.example.org/graphql?x=1"
    alive = await front.http.get(f"{front.url}/healthz", headers={"X-Forwarded-For": "6.6.6.6"})
    assert "nginx/" not in alive.headers.get("server", "") and "strict-transport-security" in alive.headers


async def stopped_under_load(front: Front, admin: Client) -> None:
    """One of the two is stopped, and nobody notices."""
    me = (await admin.run("{ me { id } }"))["me"]["id"]
    seen: list[Any] = []
    done = asyncio.Event()

    async def work(worker: int) -> None:
        number = 0
        while not done.is_set():
            number += 1
            slug = f"n-{worker}-{number}"
            facts = {"slug": slug, "title": slug, "teacherId": me}
            seen.append(await admin.do("courseCreate", "course { slug }", facts))

    working = [asyncio.create_task(work(worker)) for worker in range(6)]
    await until(seen, 30)
    assert await ended(stop(front.houses[0])) == -15
    await until(seen, len(seen) + 30)
    done.set()
    await asyncio.gather(*working)


async def until(seen: list[Any], count: int) -> None:
    """Until so much was answered."""
    async with asyncio.timeout(60):
        while len(seen) < count:
            await asyncio.sleep(0.02)
