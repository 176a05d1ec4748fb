"""What a sentence tells by its own words, and where one ends."""

import pytest

from worker.drafting.history.sentence_themes import Sentence, Theme, sentences

STEPS = """
Pointed the alias back at products-770.
Rolled checkout back to 4.1.9, pool drained within 10 minutes.
Rolling checkout-api back to 2026.41.2.
We are rolling back.
Roll-back done on all pods, connections are falling.
Restarted the consumers, that should be it.
restart did not help
Consumer restarted by hand.
Deploy was rolled back.
Fix deployed.
Raised the memory limit of the consumers to 2 GiB.
db-4 was read-only; switched to db-5.
Failed the session store over by hand.
Failed over to eu-west.
Scaled web from 4 to 12 pods.
Disabled the flag express-pay.
Turned off the feature flag.
Took db-4 out of rotation.
Set max_connections to 800.
Started db-5.
Ran fsck on db-4.
Purged the CDN cache.
Merged the fix.
Changed the pool size to 40.
Killing long queries on the primary.
I've blocked the abusive IP range.
We decided to wait for the vendor.
Fix: renewed it
"""
CAUSES = """
Old snapshots were kept because the pruning job lost its credentials.
Checkout is slow due to a missing index.
The outage was caused by a bad configuration push.
One cause for both: the session store lost its leader.
Culprit found: a bad configuration.
The checkout page is slow because a cache was emptied.
Query time doubled because of a join without an index.
The wrong version went out because the tests were skipped.
It turned out that the certificate had expired.
Cause: expired certificate
Checked the logs, root cause: the disk was full.
"""
USERS = """
Some customers cannot pay.
About 300 merchants are affected.
All users in EU were logged out between 10:00 and 10:40.
No customer impact.
Nobody can log in.
Impact: half of Europe
A customer reports double charges.
"""
BUSINESS = """
Estimated revenue loss is $12,000.
SLA for ACME breached.
14 customers complained.
We refunded 310 orders, 4.000 \u20ac in all.
"""
EXTENTS = """
About 38 % of payments failed.
Error rate is at 11 %.
Half of the uploads fail.
Uploads fail again for 10 % of requests.
90 percent of API requests were rejected.
"""
OUTAGES = """
The search is unavailable.
Support cannot open records.
"""
NOTHING = """
Alias still points at the half-built index products-771.
Login works, the record page times out.
Asking the database team.
Pod restarted 5 times, e.g. payments-3.
Pods keep restarting.
Increased error rate in EU.
Started seeing errors.
Stopped responding at 10:00.
Disk ran out of space.
Traffic is being dropped.
Connections were closed by the peer.
We should restart db-4.
Please restart db-4.
Should we roll back?
Is this due to the deploy?
Not due to DNS.
It was not caused by the deploy.
Unclear whether it was caused by the deploy.
Still looking for the root cause.
Escalating because I am on a train.
Resolving because alerts cleared.
The conference PIN was wrong because the wiki is stale.
Ben could not join because his laptop was broken.
It took 20 minutes because the on-call was asleep.
We waited because nobody had access to the console.
Nobody answered because Ada is on vacation.
The second page was late due to a wrong phone number.
It turned out that the runbook is out of date.
We only noticed it at 10:40 because the alert was muted.
The reason for the late start: I was on a train.
Nobody could dial in because the bridge link had changed.
The job is due to start at 12.
Told customers by mail.
User table locked.
Disk at 91 %.
Opened a ticket with the vendor.
Looks like DNS.
Contract tests are red.
The linter complained.
We apologise for the inconvenience due to the outage.
We apologise to all customers.
All affected customers have been notified.
Set the severity to SEV1.
Changed the priority to P1.
Updated the status page.
Added a note to the incident.
Moving to the channel #inc-77.
All customers can log in again.
Payments recovered for 90 % of merchants.
"""


@pytest.mark.parametrize(
    ("theme", "text"),
    [
        (theme, text)
        for theme, table in (
            (Theme.STEP, STEPS),
            (Theme.CAUSE, CAUSES),
            (Theme.USERS, USERS),
            (Theme.BUSINESS, BUSINESS),
            (Theme.EXTENT, EXTENTS),
            (Theme.OUTAGE, OUTAGES),
            (None, NOTHING),
        )
        for text in table.strip().splitlines()
    ],
)
def test_a_sentence_tells_what_its_words_say(theme: Theme | None, text: str) -> None:
    (found,) = sentences(text)
    assert (found.text, found.theme) == (text, theme)
    assert [one.theme for one in sentences(f"- {text}")] == [theme]


def test_a_step_keeps_the_reason_that_it_gives() -> None:
    text = "We failed over to eu-west-2 because the primary lost power."
    assert list(sentences(text)) == [Sentence(text, Theme.STEP, "the primary lost power.")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Slow. We look. Done!", ["Slow.", "We look.", "Done!"]),
        ("Release 4.1.9 is out, e.g. on db-4. No. 5 is next.", 2),
        ("It was slow. db-4 was full. so we think", 2),
        ('He said "It is slow." Then it was fast.', 2),
        ("one line that\ngoes on here", ["one line that goes on here"]),
        ("First line\nSecond line\n\n- third\n- Fourth", 4),
        ("See https://example.com/a.b?c. Then wait.", 2),
        ("\u6b62\u307e\u308a\u307e\u3057\u305f\u3002\u76f4\u308a\u307e\u3057\u305f\u3002", 2),
        ("", []),
        (" \n\t", []),
    ],
)
def test_a_text_is_split_where_sentences_end(text: str, parts: list[str] | int) -> None:
    found = [one.text for one in sentences(text)]
    assert (found if isinstance(parts, list) else len(found)) == parts


def test_very_long_text_is_read_in_time() -> None:
    for text in ("because " * 20_000, "a" * 100_000, "restart did " * 20_000, "no " * 50_000):
        assert len(list(sentences(text))) == 1
