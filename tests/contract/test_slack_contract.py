"""Holds requests to Slack to its official document, and the stand-in to Slack's own client."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connectors.chat import Post, Posted
from connectors.sandbox import Fault, Served
from connectors.slack.client import Slack
from connectors.slack.sandbox.server import BOT_TOKEN, SlackSandbox
from tests.contract.reference_material import reference

NEWER = {"metadata", "include_all_metadata", "team_id"}
"""Parameters that Slack's pages document, and its document of 2020 lacks."""
NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)


def problems(served: Iterable[Served]) -> list[str]:
    """Say what the official document does not know of the requests that were made."""
    document = json.loads(reference("specs", "slack-web-api.json").read_text("utf-8"))
    found = []
    for one in served:
        path = one.path.removeprefix("/api")
        operations = document["paths"].get(path)
        if operations is None:
            found.append(f"{path} is no method")
            continue
        (operation,) = operations.values()
        known = {each["name"]: each for each in operation["parameters"]}
        given = dict([*one.query, *parse_qsl(one.body.decode(), keep_blank_values=True)])
        assert one.headers["authorization"] == f"Bearer {BOT_TOKEN}"
        assert "token" not in given
        for name, value in given.items():
            kind = known.get(name, {}).get("type")
            if kind is None and name not in NEWER:
                found.append(f"{path} has no parameter {name}")
            if kind == "integer" and not value.isdigit():
                found.append(f"{path}: {name} is {value}, no whole number")
            if kind == "boolean" and value not in {"0", "1", "true", "false"}:
                found.append(f"{path}: {name} is {value}, no truth value")
        lacking = {n for n, each in known.items() if each.get("required")} - {"token", *given}
        found += [f"{path} lacks {name}" for name in lacking]
    return found


def test_requests_are_as_documented() -> None:
    with SlackSandbox() as sandbox:
        room = sandbox.workspace.room("inc-7")
        slack = Slack(sandbox.access, "inc-7")
        assert not [one for one in slack.check() if one.problem or one.warning]
        channel = slack.channel_named("#inc-7")
        assert slack.channel_named(room.id) == channel
        posted = slack.post(channel.id, Post("The draft is there", mark="m1"))
        assert isinstance(posted, Posted)
        slack.edit(channel.id, posted.message, Post("It is still there", mark="m1"))
        assert [one.mark for one in slack.own_posts(channel.id, NOON)] == ["m1"]
        assert set(sandbox.methods) >= {"auth.test", "chat.postMessage", "conversations.history"}
        assert not problems(sandbox.served)


def test_slacks_own_client_takes_the_stand_in_for_slack() -> None:
    with SlackSandbox() as sandbox:
        room = sandbox.workspace.room("inc-7")
        said = [
            sandbox.workspace.say(room, "U1", f"no {n}", NOON + timedelta(minutes=n))
            for n in range(7)
        ]
        sandbox.workspace.pin(room, said[3])
        client = WebClient(BOT_TOKEN, sandbox.address, retry_handlers=[])
        told: list[str] = []
        for page in client.conversations_history(channel=room.id, limit=3):
            told += [one["text"] for one in page["messages"]]
        assert told == [f"no {n}" for n in reversed(range(7))]
        (pin,) = client.pins_list(channel=room.id)["items"]
        assert (
            pin["message"]["permalink"]
            == client.chat_getPermalink(channel=room.id, message_ts=said[3])["permalink"]
        )
        answer = client.chat_postMessage(channel=room.id, text="hello", thread_ts=said[0])
        thread = client.conversations_replies(channel=room.id, ts=said[0])["messages"]
        assert [one["ts"] for one in thread] == [said[0], answer["ts"]]


@pytest.mark.parametrize("name", ["pins:read", "channels:history", "chat:write"])
def test_the_stand_in_asks_for_the_scope_of_each_method(name: str) -> None:
    with SlackSandbox() as sandbox:
        room = sandbox.workspace.room("inc-7")
        sandbox.scopes -= {name}
        client = WebClient(BOT_TOKEN, sandbox.address, retry_handlers=[])
        calls = {
            "pins:read": lambda: client.pins_list(channel=room.id),
            "channels:history": lambda: client.conversations_history(channel=room.id),
            "chat:write": lambda: client.chat_postMessage(channel=room.id, text="a"),
        }
        with pytest.raises(SlackApiError) as caught:
            calls[name]()
        assert caught.value.response["error"] == "missing_scope"
        assert caught.value.response["needed"] == name


def test_a_redirect_is_not_followed_with_the_token() -> None:
    with SlackSandbox() as sandbox, SlackSandbox() as other:
        elsewhere = {"Location": f"{other.url}/api/auth.test"}
        sandbox.fault(Fault(status=302, headers=elsewhere, times=None))
        (finding,) = Slack(sandbox.access).check()
        assert "sends requests on to another address" in finding.problem
        assert not other.calls()
