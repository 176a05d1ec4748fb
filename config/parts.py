"""What the groups of settings are made of: their common base, and the types of single values."""

from email.utils import parseaddr
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)


class Part(BaseModel):
    """A group of settings: frozen, closed to unknown keys, and silent about bad input."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False
    )


def _secret(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _fit_for_a_header(value: SecretStr) -> SecretStr:
    """Refuse what no HTTP header can carry: the library's own error would quote the secret."""
    text = value.get_secret_value()
    if not text:
        raise ValueError("is empty. Give the secret, or leave the setting out.")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds a space, a line break or a letter outside ASCII. Copy it again.")
    return value


def _secrets(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _label(value: str) -> str:
    if any(character.isspace() for character in value):
        raise ValueError(f"is {value!r}, and Jira's labels hold no spaces. Use a hyphen.")
    return value


def _author(value: str) -> str:
    name, address = parseaddr(value)
    if not name or "@" not in address:
        raise ValueError("must be a name and an address: 'Postmortems <bot@example.com>'.")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Secret = Annotated[SecretStr, BeforeValidator(_secret), AfterValidator(_fit_for_a_header)]
SigningSecrets = Annotated[
    tuple[Annotated[SecretStr, Field(min_length=1)], ...], BeforeValidator(_secrets)
]
"""Signing secrets, any of which may have signed: more than one while one is being rotated."""
Author = Annotated[Text, AfterValidator(_author)]
Label = Annotated[Text, AfterValidator(_label)]
