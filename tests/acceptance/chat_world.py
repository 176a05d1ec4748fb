"""A world in which incidents are talked about: the sandbox Slack stands beside the others."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from connectors.retry import Circuit, RetryPolicy
from connectors.slack.client import Slack
from connectors.slack.connector import SlackConnector
from connectors.slack.reading import Picking
from connectors.slack.sandbox.server import SlackSandbox
from connectors.slack.sandbox.workspace import ChatRoom
from tests.acceptance.world import World, world
from worker.app.registry import words_of
from worker.jobs.context import JobContext

NAME = "quick fix"


@dataclass
class ChatWorld(World):
    """A world with a chat, in which the incident has a channel."""

    slack: SlackSandbox = field(default_factory=SlackSandbox)
    room: ChatRoom = field(default_factory=lambda: ChatRoom("C0NOWHERE00", "nowhere"))
    dana: str = ""
    picking: Picking = field(default_factory=Picking)
    patterns: tuple[str, ...] = ()

    @contextmanager
    def context(self, *, dry_run: bool = False, **changes: object) -> Iterator[JobContext]:
        chat = Slack(
            self.slack.access,
            picking=self.picking,
            patterns=self.patterns,
            policy=RetryPolicy(attempts=2, sleep=self.slept.append),
            circuit=Circuit(limit=50, clock=lambda: self.clock().timestamp()),
        )
        words = words_of([SlackConnector])
        try:
            with super().context(dry_run=dry_run, **changes) as context:
                yield replace(context, chat=chat, chat_words=words)
        finally:
            chat.close()

    @property
    def start(self) -> datetime:
        """When the incident began."""
        return self.incidents[NAME].created_at

    def say(self, text: str, minutes: float = 5, *, picked: bool = True, **further: object) -> str:
        """Let Dana say something, which somebody picks."""
        at = self.start + timedelta(minutes=minutes)
        user = str(further.pop("user", self.dana))
        thread = str(further.pop("thread", ""))
        ts = self.slack.workspace.say(self.room, user, text, at, thread=thread, **further)
        if picked:
            self.slack.workspace.react(self.room, ts, "pushpin")
        return ts

    def said(self) -> list[str]:
        """Give the rows of the timeline that were said, without their times."""
        rows = [line for line in self.text(NAME).splitlines() if " wrote: " in line]
        return [row.split(" | ", 1)[1].removesuffix(" |") for row in rows]

    def told(self, what: Sequence[str]) -> list[str]:
        """Give the sentences that speak of Slack."""
        return [one for one in what if "Slack" in one]


@contextmanager
def chat_world(folder: Path) -> Iterator[ChatWorld]:
    """Start the sandboxes, with every scenario in them, and name the channel in the log."""
    with world(folder) as usual, SlackSandbox() as slack:
        slack.workspace.clock = usual.clock
        room = slack.workspace.room("inc-quick-fix")
        incident = usual.incidents[NAME]
        link = f"https://acme.slack.com/archives/{room.id}"
        incident.chat(room.name, link, incident.created_at + timedelta(minutes=1))
        yield ChatWorld(
            usual.folder,
            usual.pagerduty,
            usual.jira,
            usual.clock,
            usual.incidents,
            usual.policy,
            slack=slack,
            room=room,
            dana=slack.workspace.person("dana", "Dana Whitfield"),
        )
