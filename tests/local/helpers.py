"""What the tests of the embedded servers share: asking the servers, and a launcher in a process of its own."""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import redis
from minio import Minio

from picrete_gql.local import Stack, identity, launch, process

ROOT = Path(__file__).parents[2]
CODE = """
import json, sys
from pathlib import Path
from picrete_gql.local import CannotStart, Stack
try:
    stack = Stack.start(Path(sys.argv[1]), throwaway=True)
except CannotStart as error:
    sys.exit(str(error))
print(json.dumps({"pids": [server.pid for server in stack.servers], "url": stack.database_url}), flush=True)
sys.stdin.read()
stack.stop()
"""


class Launcher:
    """Another picrete: a process that starts a stack in `folder` and keeps it until its stdin ends."""

    def __init__(self, folder: Path, who: str = "same") -> None:
        python = [sys.executable, "-c", CODE, str(folder)]
        command = [sys.executable, launch.__file__, "9", str(os.getpid()), who, *python]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "HOME": str(folder)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.child = subprocess.Popen(command, **pipes, text=True, env=environment, cwd="/")
        line = self.child.stdout.readline()
        self.error = "" if line else self.child.communicate()[1]
        self.pids, self.url = json.loads(line).values() if line else ([], "")

    def kill(self) -> None:
        """As the machine's out-of-memory killer would."""
        self.child.kill()
        self.child.communicate()

    def end(self) -> int:
        """Let it stop properly; its exit code."""
        self.child.communicate()
        return self.child.returncode


def ordinary() -> identity.Identity:
    """Somebody who is not root: us, or nobody, or (when nobody cannot even start this Python) root under that name."""
    if os.geteuid() != 0:
        return identity.same()
    answer = process.run([sys.executable, "-c", "import asyncpg"], identity.nobody().word, cwd=Path("/"))
    return identity.nobody() if answer.ok else identity.private()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something, fail if it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


async def sql(url: str, *statements: str) -> object:
    """Run statements; the value of the last."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return [await connection.fetchval(statement) for statement in statements][-1]
    finally:
        await connection.close()


def minio(stack: Stack, secret: str | None = None) -> Minio:
    """A client of the stack's storage."""
    address = urlsplit(stack.storage_endpoint).netloc
    return Minio(address, stack.access_key, secret or stack.secret_key, secure=False, region="us-east-1")


async def write(stack: Stack, word: str) -> None:
    """Leave a word in all three."""
    await sql(stack.database_url, "CREATE TABLE IF NOT EXISTS word (text text)", f"INSERT INTO word VALUES ('{word}')")
    with redis.Redis.from_url(stack.redis_url) as client:
        client.set("word", word)
    store = minio(stack)
    if not store.bucket_exists("words"):
        store.make_bucket("words")
    store.put_object("words", "a/word", io.BytesIO(word.encode()), len(word.encode()))


async def read(stack: Stack) -> set[object]:
    """The word in each of the three; one element if they agree."""
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as client:
        kept = client.get("word")
    answer = minio(stack).get_object("words", "a/word")
    stored = answer.read().decode()
    answer.close()
    answer.release_conn()
    return {await sql(stack.database_url, "SELECT text FROM word"), kept, stored}
