import pytest

from picrete_gql import settings
from picrete_gql.gateways.llm.openai_compatible import OpenAiCompatible
from tests.servers.openai_server import OpenAiServer


@pytest.fixture(scope="session")
def one_server():
    with OpenAiServer() as server:
        yield server


@pytest.fixture
def openai_server(one_server):
    """One server for all tests, as if just started for each."""
    one_server.fresh()
    return one_server


@pytest.fixture
async def make_llm():
    """Clients of a server, with other settings where a test says so; all closed at the end."""
    made = []

    def make(server: OpenAiServer | str, **changes) -> OpenAiCompatible:
        url = server if isinstance(server, str) else server.url
        llm = OpenAiCompatible(settings.Llm(**{"url": url, "key": "test-key", "timeout": 5, **changes}))
        made.append(llm)
        return llm

    yield make
    for llm in made:
        await llm.close()


@pytest.fixture
async def llm(openai_server, make_llm):
    return make_llm(openai_server)
