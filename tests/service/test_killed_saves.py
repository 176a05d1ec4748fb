"""The process loses its power between a save on the page and its answer: nothing is lost or twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.desk import form_of
from tests.integration.queue_support import KINDS
from tests.service.happenings import resolved_incident
from tests.service.installation import Installation, Remote, installation
from tests.service.processes import WAIT, until

WORDS = "The pool was too small for two shops at once."
CUT_OFF = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture(params=KINDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, request.param, Remote) as made:
        yield made


def kill_at_the_next_push(here: Installation, hook: str) -> None:
    """Let the remote kill the process that pushes: before it takes the push, or once it has."""
    assert here.door is not None
    assert isinstance(here.documents, Remote)
    place = here.documents.remote / "hooks" / hook
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/sh\nrm -f '{place}'\nkill -9 {here.door.pid}\n", "utf-8")
    place.chmod(0o755)


@pytest.mark.parametrize("hook", ["pre-receive", "post-receive"])
def test_a_save_that_got_no_answer_is_there_once_when_it_is_sent_again(
    here: Installation, hook: str
) -> None:
    incident = resolved_incident(here.pagerduty.account)
    assert here.run("draft", incident.id).returncode == 0
    here.every("6h")
    here.serve()
    assert here.door is not None
    path = f"/postmortems/{incident.id}/edit"
    form = form_of(requests.get(here.door.url + path, timeout=WAIT).text)
    heading = "## 4."
    form["text"] = form["text"].replace(heading, f"{WORDS}\n\n{heading}", 1)
    assert WORDS in form["text"]
    kill_at_the_next_push(here, hook)
    with pytest.raises(CUT_OFF):
        requests.post(here.door.url + path, form, timeout=WAIT)
    door = here.door
    until(lambda: not door.lives, "it was killed")
    here.serve()
    again = form_of(requests.get(here.door.url + path, timeout=WAIT).text)
    sent = {**form, "form_key": again["form_key"]}
    answer = requests.post(here.door.url + path, sent, timeout=WAIT, allow_redirects=False)
    assert answer.status_code == requests.codes.see_other, answer.text
    assert here.documents.text(incident.id).count(WORDS) == 1
    page = requests.get(f"{here.door.url}/postmortems/{incident.id}", timeout=WAIT).text
    assert page.count(WORDS) == 1
