"""A world in which drafts are announced: the sandbox Slack stands beside the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.chat import ChannelRule
from connectors.retry import Circuit, RetryPolicy
from connectors.slack.client import Slack
from connectors.slack.connector import SlackConnector
from connectors.slack.sandbox.server import SlackSandbox
from connectors.slack.sandbox.workspace import ChatRoom, SaidMessage
from tests.acceptance.world import World, world
from worker.app.registry import words_of
from worker.jobs.context import JobContext
from worker.jobs.reminding.digests import send_digests
from worker.jobs.reminding.reminders import ChannelDigest, KnownTexts

POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"


@dataclass
class AnnouncingWorld(World):
    """A world with a chat. ``rules`` are its channels; without ``is_configured`` there is none."""

    slack: SlackSandbox = field(default_factory=SlackSandbox)
    room: ChatRoom = field(default_factory=lambda: ChatRoom("", ""))
    rules: tuple[ChannelRule, ...] = ()
    is_configured: bool = True

    @contextmanager
    def context(self, *, dry_run: bool = False, **changes: object) -> Iterator[JobContext]:
        chat = Slack(
            self.slack.access,
            policy=RetryPolicy(attempts=2, sleep=self.slept.append),
            circuit=Circuit(limit=99, clock=lambda: self.clock().timestamp()),
        )
        try:
            with super().context(dry_run=dry_run, **changes) as context:
                policy = replace(context.policy, channels=self.rules)
                words = words_of([SlackConnector])
                talking = replace(context, chat=chat, chat_words=words, policy=policy)
                yield talking if self.is_configured else context
        finally:
            chat.close()

    def posts(self, room: ChatRoom | None = None) -> list[SaidMessage]:
        """Give what the program said in a channel, that of announcements if none is named."""
        return self.slack.posts(room or self.room)

    def post(self) -> SaidMessage:
        """Give the one announcement."""
        (one,) = self.posts()
        return one

    def asked(self) -> list[str]:
        """Give the methods that were called since this was last asked."""
        methods = self.slack.methods
        self.slack.forget()
        return methods

    def remind(self, *, dry_run: bool = False) -> list[ChannelDigest]:
        """Send the digests that are due, as a process of its own would."""
        with self.context(dry_run=dry_run) as context:
            return send_digests(context, KnownTexts())


@contextmanager
def announcing_world(folder: Path) -> Iterator[AnnouncingWorld]:
    """Start the sandboxes, with every scenario in them, and a channel for announcements."""
    with world(folder) as usual, SlackSandbox(clock=usual.clock) as slack:
        room = slack.workspace.room("postmortems")
        policy = replace(usual.policy, public_url="https://pm.example.com")
        yield AnnouncingWorld(
            usual.folder,
            usual.pagerduty,
            usual.jira,
            usual.clock,
            usual.incidents,
            policy,
            slack=slack,
            room=room,
            rules=(ChannelRule(room.id),),
        )
