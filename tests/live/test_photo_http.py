"""Photos through the front door: graphql-multipart-request-spec, problems in payloads, errors in `errors`."""

import pytest

from picrete_gql.commands.client import Refused
from tests import images
from tests.attempts.steps import away, class_of, pages_of
from tests.live.conftest import Site
from tests.photos.test_photo_refusals import BAD
from tests.servers.stack import Servers

PHOTO = "id number status filename mime size width height uploadSource viewUrl"


async def test_a_photo_goes_in_and_comes_out(site: Site) -> None:
    _, work = await class_of(site.world, "ada")
    attempt = await site.world.start("ada", work)
    student, id = await site.client("ada"), f"attempt_{attempt.id.hex}"
    photo = await student.upload(id, "../../стр 1.jpg", images.jpeg_turned(6), PHOTO)
    [stored] = await pages_of(site.world, attempt.id)
    assert photo["id"] == f"photo_{stored.id.hex}"
    facts = ("number", "status", "filename", "mime", "width", "height", "uploadSource")
    assert [photo[key] for key in facts] == [1, "PENDING", "стр 1.jpg", "image/jpeg", 320, 240, "WEB"]
    answer = await student.http.get(photo["viewUrl"])
    assert (answer.status_code, len(answer.content)) == (200, photo["size"])
    begun = await student.do("photoUploadBegin", "putUrl photo { id number status viewUrl }", {"attemptId": id})
    assert (begun["photo"]["number"], begun["photo"]["status"], begun["photo"]["viewUrl"]) == (2, "UPLOADING", None)
    assert (await student.http.put(begun["putUrl"], content=images.heic())).status_code == 200
    confirmed = await student.do("photoUploadConfirm", f"photo {{ {PHOTO} }}", {"id": begun["photo"]["id"]})
    assert (confirmed["photo"]["status"], confirmed["photo"]["mime"]) == ("PENDING", "image/jpeg")
    left = await student.do("photoDelete", "attempt { photos { number id } }", {"id": photo["id"]})
    assert left["attempt"]["photos"] == [{"number": 1, "id": begun["photo"]["id"]}]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_each_refusal_is_a_problem_of_its_own_type(site: Site, language: str) -> None:
    _, work = await class_of(site.world, "ada")
    attempt = await site.world.start("ada", work)
    student = await site.client("ada")
    student.language = language
    for name, (make, refusal) in BAD.items():
        with pytest.raises(Refused) as refused:
            await student.upload(f"attempt_{attempt.id.hex}", name, make())
        [error] = refused.value.errors
        assert (error["extensions"]["__typename"], refused.value.code) == (refusal.__name__, "INVALID_INPUT")
        assert any("а" <= letter <= "я" for letter in error["message"].lower()) is (language == "ru")
    assert await pages_of(site.world, attempt.id) == []


async def test_a_store_that_is_away_is_said_and_later_it_works(site: Site, servers: Servers) -> None:
    _, work = await class_of(site.world, "ada")
    attempt = await site.world.start("ada", work)
    student, id = await site.client("ada"), f"attempt_{attempt.id.hex}"
    async with away(servers.stack.storage):
        with pytest.raises(Refused) as refused:
            await student.upload(id, "page.jpg", images.jpeg())
        assert refused.value.code == "UNAVAILABLE"
        assert "127.0.0.1" not in str(refused.value.errors), "nothing of the inside is told"
        ready = await student.http.get(site.url + "/readyz")
        assert (ready.status_code, ready.json()["storage"], ready.json()["database"]) == (503, "unavailable", "ok")
    assert (await student.upload(id, "page.jpg", images.jpeg()))["number"] == 1
    assert (await student.http.get(site.url + "/readyz")).json()["storage"] == "ok"


async def test_attempts_through_the_front_door(site: Site) -> None:
    """Refusals carry their facts; a draft that is no JSON object, or none for a database, is said to be so."""
    _, work = await class_of(site.world, "ada")
    student = await site.client("ada")
    started = await student.do("attemptStart", "attempt { id expiresAt }", {"workId": f"work_{work.id.hex}"})
    id = started["attempt"]["id"]
    for draft in ([], "text", 1):
        with pytest.raises(Refused) as refused:
            await student.do("attemptSave", "attempt { id }", {"id": id, "draft": draft})
        assert refused.value.code == "INVALID_INPUT"
    inline = "mutation($id: ID!) { attemptSave(input: {id: $id, draft: {a: 1e999}}) { attempt { id } } }"
    answer = await student.raw(inline, id=id)
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
    saved = await student.do("attemptSave", "attempt { draft }", {"id": id, "draft": {"a": "\\u0000 is six letters"}})
    assert saved["attempt"]["draft"] == {"a": "\\u0000 is six letters"}
    with pytest.raises(Refused) as soon:
        await student.do("attemptSave", "attempt { draft }", {"id": id, "draft": {}})
    assert soon.value.code == "RATE_LIMITED" and soon.value.errors[0]["extensions"]["retryAfter"] in range(1, 11)
