"""What somebody picks in Slack is in the document within seconds, by events over HTTP."""

from datetime import timedelta

import requests

from connectors.sandbox import Delivery
from connectors.slack.sandbox.server import BOT_TOKEN, SIGNING_SECRET, SlackSandbox
from tests.service.happenings import now, open_incident, resolve
from tests.service.installation import Installation
from tests.service.processes import WAIT, until
from tests.service.promise import Promise

SECONDS = 30.0
"""How long a pick may take on a busy machine; the schedule would look after six hours."""


def test_a_pick_is_in_the_document_once_slack_tells_of_it(here: Installation) -> None:
    with SlackSandbox() as slack:
        here.besides = {
            "SLACK_API_URL": slack.address,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }
        here.every("6h")
        here.serve()
        assert here.door is not None
        address = f"{here.door.url}/webhooks/slack"

        def answer(delivery: Delivery) -> requests.Response:
            headers = dict(delivery.headers)
            return requests.post(address, delivery.body, headers=headers, timeout=WAIT)

        asked = answer(slack.signed({"type": "url_verification", "challenge": "3eZbrw"}))
        assert (asked.status_code, asked.text) == (200, "3eZbrw")

        workspace = slack.workspace
        room, dana = workspace.room("inc-1"), workspace.person("dana", "Dana Whitfield")
        incident = open_incident(here.pagerduty.account)
        incident.chat(room.name, f"https://acme.slack.com/archives/{room.id}", now())
        said = workspace.say(room, dana, "The pool was full.", now())
        resolve(incident)
        promise = Promise(here)
        promise.drafted.append(incident)
        here.deliver(here.event("resolved", incident))
        promise.wait()
        assert "The pool was full." not in here.documents.text(incident.id)

        def is_told() -> bool:
            return "The pool was full." in here.documents.text(incident.id)

        item = {"type": "message", "channel": room.id, "ts": said}
        told = {"type": "reaction_added", "reaction": "pushpin", "item": item}
        workspace.react(room, said, "pushpin")
        late = slack.event(told, now() - timedelta(minutes=6))
        assert answer(late).status_code == requests.codes.unauthorized
        forged = Delivery(late.body, slack.event({**told, "reaction": "memo"}).headers)
        assert answer(forged).status_code == requests.codes.unauthorized
        added = slack.event(told)
        assert [answer(added).status_code for _ in range(2)] == [requests.codes.accepted] * 2
        until(is_told, "the pick is in the document", SECONDS)

        workspace.unreact(room, said, "pushpin")
        answer(slack.event({**told, "type": "reaction_removed"}))
        until(lambda: not is_told(), "the row has gone with its pick", SECONDS)
        promise.hold()
