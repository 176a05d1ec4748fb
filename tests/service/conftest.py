"""Installations for the tests, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.queue_support import KINDS
from tests.service.installation import Installation, installation


@pytest.fixture(params=KINDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Give an installation with its documents in a directory; nothing runs yet."""
    with installation(tmp_path, request.param) as made:
        yield made
