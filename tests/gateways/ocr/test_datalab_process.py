"""The stand-in as a process of its own, as the tests use it that kill workers around it."""

import asyncio
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.problems import Unavailable
from picrete_gql.settings import Ocr
from tests.gateways.ocr.pages import blank

ROOT = Path(__file__).parents[3]


async def test_it_is_scripted_and_counted_from_outside() -> None:
    command = [sys.executable, "-m", "tests.servers.datalab", "--key", "k2", "--polls", "0", "--text", "2 + 2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    url = (await asyncio.to_thread(process.stdout.readline)).strip()
    control = url.removesuffix("/api/v1") + "/_control"
    client = Datalab(Ocr.model_validate({"url": url, "key": "k2", "poll_seconds": 0.01}))
    image, other = blank(), blank((30, 30))
    async with httpx2.AsyncClient() as http:
        await http.post(f"{control}/script", json=["ok", {"kind": "429", "retry_after": "3"}])
        await http.post(f"{control}/texts", json={sha256(other).hexdigest(): "вторая"})
        assert (await client.collect(await client.submit(image), image)).text == "2 + 2"
        with pytest.raises(Unavailable) as raised:
            await client.submit(other)
        assert raised.value.retry_after == 3
        assert (await client.collect(await client.submit(other), other)).text == "вторая"
        counts = (await http.get(f"{control}/counts")).json()
    assert (counts["submits"], counts["requests"], counts["faults_left"]) == (2, 5, 0)
    assert counts["files"] == {sha256(image).hexdigest(): 1, sha256(other).hexdigest(): 1}
    await client.close()
    process.terminate()
    assert await asyncio.to_thread(process.wait, 10) is not None
    process.stdout.close()
