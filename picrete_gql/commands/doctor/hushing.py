"""Whatever a library says, no secret of the settings is in it."""

from dataclasses import replace
from urllib.parse import quote, unquote

from picrete_gql.commands.config.parts import known_secrets
from picrete_gql.commands.findings import Finding
from picrete_gql.settings import Settings

# Shorter ones would blank parts of ordinary words; `picrete check-config` refuses them anyway.
LEAST = 4


class Hush:
    """Blanks secrets, as they are and as addresses spell them."""

    def __init__(self, settings: Settings) -> None:
        plain = {secret for _, secret in known_secrets(settings)}
        spelled = plain | {quote(secret, safe="") for secret in plain} | {unquote(secret) for secret in plain}
        self.secrets = sorted((one for one in spelled if len(one) >= LEAST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without them."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def finding(self, finding: Finding) -> Finding:
        """The finding without them."""
        return replace(finding, says=self.text(finding.says), hint=self.text(finding.hint))
