"""What is open to whoever comes along, or travels where others can read it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from .parts import grave, is_near, is_production, variable

HTTPS = "Let a proxy with TLS stand in front (docs/operating/proxy.md) and name its https address."


def findings(settings: Settings) -> Iterator[Finding]:
    """All of it."""
    yield from _public(settings)
    yield from _origins(settings)
    yield from _proxies(settings)
    yield from _pictures(settings)
    if is_production(settings):
        yield from _curious(settings)


def _public(settings: Settings) -> Iterator[Finding]:
    url, name = settings.http.public_url, variable("http.public_url")
    scheme, host = urlsplit(url).scheme, urlsplit(url).hostname
    if scheme not in ("http", "https") or not host:
        yield Finding(Level.ERROR, name, "is no http(s) address.", "It is how people reach the server.")
    elif scheme == "http" and not is_near(url):
        yield Finding(grave(settings), name, "is http: passwords and photos would travel in clear.", HTTPS)
    elif is_production(settings) and is_near(url):
        yield Finding(Level.WARNING, name, "is this machine: links in messages lead nowhere.", HTTPS)
    elif not is_near(url) and not is_production(settings):
        says = "is development, but the address is public: nothing unsafe is refused."
        yield Finding(Level.WARNING, variable("environment"), says, "Set it to production.")


def _origins(settings: Settings) -> Iterator[Finding]:
    name = variable("http.allowed_origins")
    for origin in settings.http.allowed_origins:
        parts = urlsplit(origin)
        if "*" in origin:
            says = "lets the page of any site act for whoever is signed in."
            yield Finding(grave(settings), name, says, "Name each origin: https://app.example.org.")
        elif not parts.scheme or not parts.netloc or parts.path or parts.query:
            says = f"has {origin!r}, which no browser sends."
            yield Finding(Level.ERROR, name, says, "An origin is scheme, host and port, without a slash at its end.")
        elif parts.scheme == "http" and not is_near(origin):
            yield Finding(
                Level.WARNING, name, f"has {origin!r}, a page that anybody on its way may change.", "Use https."
            )


def _proxies(settings: Settings) -> Iterator[Finding]:
    http, public = settings.http, not is_near(settings.http.public_url)
    if "*" in http.trusted_proxies:
        says = "believes whoever says X-Forwarded-For: limits by address can be dodged."
        yield Finding(Level.WARNING, variable("http.trusted_proxies"), says, "Name the addresses of your proxies.")
    elif public and not http.trusted_proxies:
        says = "is empty: behind a proxy everybody seems to come from one address."
        yield Finding(Level.WARNING, variable("http.trusted_proxies"), says, 'Name the proxy, such as ["127.0.0.1"].')
    if public and not http.trusted_hosts:
        hint = f'Set ["{urlsplit(http.public_url).hostname}"].'
        yield Finding(Level.HINT, variable("http.trusted_hosts"), "is empty: any Host header is answered.", hint)


def _pictures(settings: Settings) -> Iterator[Finding]:
    store = settings.storage
    url, name = store.public_endpoint or store.endpoint, variable("storage.public_endpoint")
    if not url or urlsplit(url).scheme == "https":
        return
    if not is_near(url) and store.public_endpoint:
        yield Finding(grave(settings), name, "is http: photos would travel in clear.", HTTPS)
    elif not is_near(settings.http.public_url):
        says = "gives browsers an address of the inside, so they see no photos."
        yield Finding(Level.WARNING, name, says, "Name the https address of the store.")


def _curious(settings: Settings) -> Iterator[Finding]:
    if settings.http.graphiql:
        says = "is on: whoever finds the address can try queries in a browser."
        yield Finding(Level.HINT, variable("http.graphiql"), says, "Set false if nobody needs it.")
    if settings.graphql.introspection == "everyone":
        says = "is everyone: strangers can read the schema."
        yield Finding(Level.HINT, variable("graphql.introspection"), says, "Set signed_in or admins.")
