"""Over real HTTP and WebSocket, with a worker in a process of its own: one's data, then oblivion."""

import asyncio
import io
import zipfile
from contextlib import suppress

import httpx2
import pytest

from picrete_gql.commands.client import Closed, Refused
from tests.support.house import House

EXPORT = "subscription($id: ID!) { dataExportChanged(id: $id) { status done total size url expiresAt } }"
ERASURE = "erasure { id byAdmin eraseAt waitsFor }"


async def test_a_person_fetches_their_data_and_leaves(house: House) -> None:
    ada, bob = await house.person("ada"), await house.person("bob")
    me = (await ada.run("{ me { id erasedAt erasure { id } dataExports { id } } }"))["me"]
    assert me == {"id": me["id"], "erasedAt": None, "erasure": None, "dataExports": []}
    with pytest.raises(Refused) as refused:
        await bob.do("dataExportRequest", "dataExport { id }", {"accountId": me["id"]})
    assert refused.value.code == "NOT_FOUND"
    asked = await ada.do("dataExportRequest", "dataExport { id status }", {"accountId": me["id"]})
    async with ada.socket() as socket, asyncio.timeout(60):
        async for data in socket.watch(EXPORT, id=asked["dataExport"]["id"]):
            export = data["dataExportChanged"]
            if export["status"] == "READY":
                break
    async with httpx2.AsyncClient() as http:
        archive = (await http.get(export["url"])).content
    assert len(archive) == export["size"]
    with zipfile.ZipFile(io.BytesIO(archive)) as held:
        assert "account.json" in held.namelist()
    async with bob.socket() as socket:
        with pytest.raises(Refused):
            async for _ in socket.watch(EXPORT, id=asked["dataExport"]["id"]):
                pass
    with pytest.raises(Refused) as refused:
        await ada.do("erasureRequest", ERASURE, {"password": "wrong"})
    assert refused.value.code == "UNAUTHENTICATED"
    async with ada.socket() as socket, asyncio.timeout(60):
        view = socket.watch(EXPORT, id=asked["dataExport"]["id"])
        await anext(view)
        wanted = await ada.do("erasureRequest", ERASURE, {"password": "password-of-ada"})
        assert wanted["erasure"]["waitsFor"] == [] and not wanted["erasure"]["byAdmin"]
        with suppress(Closed, Refused):
            async for _ in view:
                pass
        await socket.connection.wait_closed()
    with pytest.raises(Refused) as refused:
        await ada.run("{ me { id } }")
    assert refused.value.code == "UNAUTHENTICATED"
    # Whoever still knows the password may think again.
    await ada.sign_in("ada", "password-of-ada")
    assert (await ada.run("{ me { erasure { id } } }"))["me"]["erasure"] == {"id": wanted["erasure"]["id"]}
    done = await ada.do("erasureCancel", "erasure { cancelledAt doneAt }", {"id": wanted["erasure"]["id"]})
    assert done["erasure"]["cancelledAt"] and done["erasure"]["doneAt"] is None
    ada.language = "en"
    with pytest.raises(Refused, match="already"):
        await ada.do("erasureCancel", "erasure { id }", {"id": wanted["erasure"]["id"]})
