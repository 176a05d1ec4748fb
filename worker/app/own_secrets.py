"""What must never be shown: the secrets of the settings, and what the team's patterns find."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from pydantic import BaseModel, SecretStr
from sqlalchemy import make_url

from config.settings import Settings
from connectors.masking import Masking, OwnCredentials


def masking_of(settings: Settings) -> Masking:
    """Give what hides secrets; that the patterns can be used is known since they were read."""
    return Masking(
        tuple(re.compile(one) for one in settings.masking.patterns),
        settings.masking.enabled,
        own_credentials(settings),
    )


def own_credentials(settings: Settings) -> OwnCredentials:
    """Give every secret of the settings; of the database's address, its password alone."""
    password = make_url(settings.sqlalchemy_url).password
    found = [one for one in _secrets(settings) if one != settings.database_url.get_secret_value()]
    return OwnCredentials.of([*found, *([password, quote(password, "")] if password else [])])


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _secrets(one)
