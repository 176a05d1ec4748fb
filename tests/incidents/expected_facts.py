"""What a careful person would put into each document, and what would be untrue in it.

Written by hand from what happened, never from a draft. A fact is a place (what its bullet or its
section is called) and words that must stand there; an untruth is words that must not. ``*`` is the
whole document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Fact = tuple[str, str]
"""A place, and words."""

TIMELINE = "Timeline of Events"
ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Expected:
    """Facts that a document must hold, and what it must not say."""

    facts: tuple[Fact, ...]
    untrue: tuple[Fact, ...] = ()


STEPS_ARE_STEPS: tuple[Fact, ...] = tuple(
    ("Steps Taken", words)
    for words in (" acknowledged", "priority", "assigned", "snoozed", "resolved the incident")
)

GOLDEN: Mapping[str, Expected] = MappingProxyType(
    {
        "alert-storm": Expected(
            (
                ("Date/Time", "2025-03-03 02:10 - 2025-03-03 03:57 (Europe/Berlin)"),
                ("Duration", "1 h 47 min"),
                ("Impact", "P1, high urgency"),
                ("Impact", "about 38 % of payments failed"),
                (
                    "Users Affected",
                    '"Some customers cannot pay." (status update of Ben Haugen, 02:31)',
                ),
                ("Services Affected", "Checkout API, Payments and Shop frontend"),
                ("Root Cause", "opens a payment connection per cart line"),
                ("Root Cause", "(note of Dmitri Sokolov, 03:31)"),
                ("Primary Cause", "note of Dmitri Sokolov, 03:31"),
                (TIMELINE, "| 01:36 | Change on Checkout API"),
                (TIMELINE, "| 02:15 | Escalated to Ben Haugen and Chloé Laurent: nobody had"),
                (TIMELINE, "| 02:20 | Ben Haugen acknowledged after 10 min"),
                (TIMELINE, "changed the priority from P3 to P1"),
                (TIMELINE, "Dmitri Sokolov (joined) and Esra Demir (declined)"),
                (TIMELINE, "| 03:41 | Ben Haugen published a status update"),
                (TIMELINE, '| 03:57 | Ben Haugen resolved the incident: "Rolled checkout back'),
                ("Contributing Factors", "Release checkout 4.2.0"),
                ("Contributing Factors", "Rotate TLS certificates"),
                ("Business Impact", "Web shop"),
                ("Technical Impact", "37 alerts"),
                ("Steps Taken", "restart did not help"),
                ("Short-Term Fixes", "Rolled checkout back to 4.1.9"),
                ("Action Items", "add an alert on connection pool usage"),
                ("Action Items", "2025-03-14"),
                ("Action Items", "test connection use in CI"),
                ("Action Items", "write a runbook for a full payments pool"),
                ("What Didn't Go Well", "Acknowledged 10 min after the first alert"),
                ("What Didn't Go Well", "1 of 2 people asked to help did not join"),
                ("Logs", "[Runbook](https://wiki.example.com/runbooks/checkout-5xx)"),
                ("Logs", "+1 555 0100"),
                ("Metrics", "[Checkout dashboard](https://grafana.example.com/d/checkout"),
                ("Stakeholders Notified", "2 status updates, to 14 subscribers"),
            ),
            (
                ("Root Cause", "Rolled checkout back"),
                ("Primary Cause", "Rolled checkout back"),
                ("Steps Taken", "Root cause"),
                *STEPS_ARE_STEPS,
            ),
        ),
        "clocks-go-back": Expected(
            (
                ("Date/Time", "02:20 +02:00 - 2025-10-26 03:10 +01:00"),
                ("Duration", "1 h 50 min"),
                (TIMELINE, "| 02:40 +02:00 | Farid Rahimi noted"),
                (TIMELINE, "| 02:40 +01:00 | Farid Rahimi noted"),
                (TIMELINE, "Paged Farid Rahimi by phone"),
                ("Technical Impact", "Acknowledged after 3 min 15 s"),
            ),
            (("Duration", "50 min, "), ("Stakeholders Notified", "1 status"), *STEPS_ARE_STEPS),
        ),
        "several-days": Expected(
            (
                ("Date/Time", "2025-06-06 16:05 - 2025-06-09 12:36"),
                ("Duration", "2 d 20 h 31 min"),
                ("Root Cause", "because the pruning job lost its credentials"),
                ("Root Cause", "(note of Hugo Lindqvist, 2025-06-09 11:25)"),
                (TIMELINE, "snoozed it for 2 d 18 h"),
                (TIMELINE, "The snooze ended"),
                (TIMELINE, "Grace Mbeki assigned it to Hugo Lindqvist"),
                ("Short-Term Fixes", "Renewed the credentials, pruning freed 38 %."),
                ("Logs", "related changes"),
            ),
            (
                ("Root Cause", "Renewed"),
                ("What Didn't Go Well", "timed out"),
                ("Impact:", "38 %"),
                *STEPS_ARE_STEPS,
            ),
        ),
        "quick-fix": Expected(
            (
                ("Date/Time", "2025-02-11 10:30 - 2025-02-11 10:42"),
                ("Duration", "12 min"),
                ("Impact", "P2, high urgency"),
                (TIMELINE, "Pulse reported"),
                (TIMELINE, "cleared at 10:41"),
                (TIMELINE, "half-built index products-771"),
                ("Contributing Factors", "Reindex products (build 771)"),
                ("Short-Term Fixes", "Pointed the alias back at products-770."),
                ("What Went Well", "Detected by monitoring (Pulse)"),
                ("Logs", "[Runbook](https://wiki.example.com/runbooks/search)"),
            ),
            (("Root Cause", "alias"), ("Primary Cause", "alias"), *STEPS_ARE_STEPS),
        ),
        "namesakes": Expected(
            (
                (TIMELINE, "assigned to Alex Kim (PU00715)"),
                (TIMELINE, "Escalated to Alex Kim (PU00747) and Ines Moreau"),
                (TIMELINE, "Alex Kim (PU00747) acknowledged after 6 min"),
                (TIMELINE, 'Alex Kim (PU00715) noted: "I am on a train."'),
                (TIMELINE, 'Alex Kim (PU00747) noted: "The consumers hang'),
                (TIMELINE, "Paged 2 people"),
                ("Action Items", "alert on hanging consumers"),
                ("Short-Term Fixes", "Restarted the consumers."),
            ),
            ((ANYWHERE, "Ines Moreau ("), ("Action Items", "Alex Kim ("), *STEPS_ARE_STEPS),
        ),
        "lively-channel": Expected(
            (
                (TIMELINE, 'Dana Whitfield wrote: "Pool of checkout-7 ran dry" with [p99.png]'),
                (TIMELINE, 'Deploy Bot wrote: "Deployed checkout 4.2.1 to prod"'),
                (TIMELINE, "[the board](https://grafana.example.com/d/chk?a=1&b=2)"),
                (TIMELINE, 'Kim Doe wrote: "Still slow. Two things: pool; retries"'),
                ("Action Items", "alert on pool exhaustion"),
            ),
            (("Root Cause", "Pool"), ("Impact:", "slow"), ("Steps Taken", "rolled back")),
        ),
        "recovered-by-itself": Expected(
            (
                ("Duration", "3 min 20 s"),
                ("Impact", "Low urgency. 1 alert"),
                ("Technical Impact", "Never acknowledged"),
                ("Steps Taken", "Nobody acted on it"),
                ("Short-Term Fixes", "it was resolved automatically by Lookout"),
                (TIMELINE, "Resolved automatically by Lookout"),
                (TIMELINE, "Paged Jonas Weber by e-mail"),
            ),
            ((ANYWHERE, "Jonas Weber acknowledged"), ("What Didn't Go Well", "Nobody")),
        ),
        "never-acknowledged": Expected(
            (
                ("Duration", "4 h"),
                ("Technical Impact", "Never acknowledged, resolved after 4 h"),
                (TIMELINE, "The escalation policy ran out of people to page"),
                (TIMELINE, "| 05:15 | Escalated to Lena Fischer: nobody had acknowledged"),
                (TIMELINE, "Resolved automatically when its time limit ran out"),
                ("What Didn't Go Well", "Nobody acknowledged it"),
                ("What Didn't Go Well", "Escalated 3 times because nobody acknowledged"),
                ("Short-Term Fixes", "None is noted"),
                ("Contributing Factors", "Happened before: [#211 Backup of ledger failed]"),
                ("Contributing Factors", "planned then: LED-40, 41 days overdue"),
                ("Contributing Factors", "LED-41, due 2025-06-30"),
                ("Contributing Factors", "May have happened before: [#287"),
            ),
            ((ANYWHERE, "did not last"), (ANYWHERE, "Kemal Aydin acknowledged")),
        ),
        "acknowledgement-lapsed": Expected(
            (
                (TIMELINE, "| 21:10 | Escalated to Timo Kallio: nobody had acknowledged for 10"),
                (TIMELINE, "| 21:42 | The acknowledgement timed out"),
                (TIMELINE, "| 21:52 | Escalated to Ursula Hahn: the acknowledgement had timed"),
                ("Impact", '"About 40 partners do not get their exports."'),
                ("Users Affected", "about 40 partners"),
                ("Root Cause", "because the partner's certificate has expired"),
                ("Root Cause", "Candidate"),
                ("Steps Taken", '21:14 Timo Kallio: "Restarted the exporter.'),
                ("Steps Taken", '22:20 Ursula Hahn: "Disabled the check for that partner."'),
                ("Short-Term Fixes", "Skipped the partner"),
                (TIMELINE, "| 23:10 | Timo Kallio noted"),
                ("What Didn't Go Well", "after an acknowledgement that did not last"),
                ("Stakeholders Notified", "1 status update"),
            ),
            (
                (TIMELINE, "Ursula Hahn: nobody had acknowledged"),
                ("Steps Taken", "once more"),
                ("Root Cause", "Skipped"),
                ("What Didn't Go Well", "Nobody acknowledged"),
                *STEPS_ARE_STEPS,
            ),
        ),
        "opened-by-hand": Expected(
            (
                ("Duration", "33 min"),
                ("Impact", "No alerts"),
                ("Impact", "Support cannot open customer records"),
                ("Root Cause", "a missing index since the migration on Monday"),
                ("Root Cause", "(note of Omar Diallo, 10:11)"),
                ("Users Affected", "about 60 support staff"),
                (TIMELINE, "Mina Park opened the incident by hand"),
                (TIMELINE, "Noor Haddad handed over to Databases on call"),
                ("Action Items", "Review migrations for indexes"),
                ("Action Items", "2025-04-04"),
                ("Action Items", "Alert on slow record pages"),
                ("What Didn't Go Well", "it was opened by hand"),
            ),
            (("Short-Term Fixes", "index"), ("Users Affected", "customer"), *STEPS_ARE_STEPS),
        ),
        "reopened": Expected(
            (
                ("Duration", "1 h 7 min"),
                ("Duration", "2 h 17 min from start to end"),
                (TIMELINE, "Quentin Roy reopened the incident"),
                (TIMELINE, "Consumers stop again after 65 minutes: memory."),
                ("Short-Term Fixes", '"Restarted the consumers." (Paula Reyes, 10:50)'),
                ("Short-Term Fixes", "Raised the memory limit of the consumers to 2 GiB."),
                ("What Didn't Go Well", "Reopened once"),
                ("Technical Impact", "open for 1 h 7 min of it"),
            ),
            (("Root Cause", "memory limit"), ("Duration:", "2 h 17 min,"), *STEPS_ARE_STEPS),
        ),
        "merged-into": Expected(
            (
                ("Date/Time", "the first signal came at 18:15"),
                ("Logs", "#307 Sessions: write errors"),
                ("Services Affected", "Login and Sessions"),
                ("Root Cause", "the session store lost its leader"),
                ("Root Cause", "(note of Samir Khan, 18:40)"),
                (TIMELINE, "Samir Khan merged"),
                (TIMELINE, "6 alerts on Sessions"),
                ("Short-Term Fixes", "Failed the session store over by hand."),
            ),
            (("Root Cause", "by hand"), ("Steps Taken", "merged"), *STEPS_ARE_STEPS),
        ),
        "hostile-text": Expected(
            (
                ("Duration", "7 min"),
                ("Logs", "not linked"),
                ("Action Items", "\\[all\\]"),
                (TIMELINE, "noted 2 action items"),
                ("Short-Term Fixes", "not a task; nor this"),
            ),
            (
                ("Logs", "](javascript:"),
                (ANYWHERE, " <script>alert(1)<"),
                ("Logs", "](https://oncall.example.com@"),
                ("Root Cause", "not a task"),
                *STEPS_ARE_STEPS,
            ),
        ),
        "strangers": Expected(
            (
                (TIMELINE, "a former user (PGONE1)"),
                (TIMELINE, "Event rules set the priority to P4"),
                (TIMELINE, 'Workflow "Renew certificates" failed'),
                (TIMELINE, "Tara Singh set environment to"),
                (TIMELINE, "Deploy helper (bot) noted"),
                ("Logs", "Not in this draft: subscribers."),
                ("Technical Impact", "Acknowledged after 3 min"),
            ),
            (
                ("Steps Taken", "environment"),
                ("Steps Taken", "Nobody acted"),
                *STEPS_ARE_STEPS,
            ),
        ),
        "very-big": Expected(
            (
                ("Duration", "4 h 51 min"),
                ("Impact", "1,000 alerts on 21 services"),
                (TIMELINE, "Person D acknowledged after 13 min"),
                (TIMELINE, "changed the priority from P2 to P1"),
                *((TIMELINE, f"Finding {number}: line card") for number in range(1, 10)),
                ("Short-Term Fixes", "Replaced the line cards"),
                ("Stakeholders Notified", "9 status updates"),
                ("What Didn't Go Well", "Escalated 4 times because nobody acknowledged"),
            ),
            (("Root Cause", "Replaced"), *STEPS_ARE_STEPS),
        ),
        "hardly-readable": Expected(
            (
                ("Date/Time", "2025-03-30 01:30 +01:00 - 2025-03-30 04:30 +02:00"),
                ("Duration", "2 h"),
                ("Impact", "3 alerts"),
                (TIMELINE, "The incident was opened"),
                (TIMELINE, "Uma Rao resolved the incident"),
                ("Logs", "Not in this draft: log entries, alerts and notes."),
            ),
            (
                (ANYWHERE, "ever acknowledged"),
                (ANYWHERE, "No status update"),
                (ANYWHERE, "Nobody"),
                ("Short-Term Fixes", "None is noted"),
            ),
        ),
    }
)
"""By the name of the golden document."""

SANDBOX: Mapping[str, Expected] = MappingProxyType(
    {
        "checkout storm": Expected(
            (
                ("Date/Time", "2026-10-15 01:52 - 2026-10-15 02:55"),
                ("Date/Time", "the first signal came at 01:50"),
                ("Duration", "1 h 3 min"),
                ("Impact", "41 alerts on 3 services"),
                ("Impact", "failing payments in the shop"),
                ("Services Affected", "Checkout API, Payments Gateway and Ledger DB"),
                ("Services Affected", "Online shop"),
                ("Root Cause", "release 2026.41.3 runs 48 workers a pod"),
                ("Root Cause", "(note of Aiko Brandt, 02:14)"),
                (TIMELINE, "Jonas Thorvald acknowledged after 7 min"),
                (TIMELINE, "Escalated to Jonas Thorvald: nobody had acknowledged"),
                (TIMELINE, "changed the priority from P2 to P1"),
                (TIMELINE, "Payments Gateway: confirmations are late"),
                (TIMELINE, "18 % of checkouts"),
                (TIMELINE, "Jonas Thorvald resolved the incident"),
                ("Contributing Factors", "Deploy checkout-api 2026.41.3"),
                ("Contributing Factors", "Flag express-pay on"),
                ("Users Affected", "18 % of checkouts"),
                ("Steps Taken", "Rolling checkout-api back to 2026.41.2."),
                ("Steps Taken", "Roll-back done on all pods"),
                ("Short-Term Fixes", "Rolled checkout-api back to 2026.41.2."),
                ("Action Items", "Alert on ledger-db connections at 80 %"),
                ("Action Items", "2026-10-23"),
                ("Action Items", "Cap the pool of a pod"),
                ("What Didn't Go Well", "1 of 3 people asked to help did not join"),
                ("Logs", "Runbook"),
                ("Logs", "+1-555-0142"),
                ("Metrics", "Dashboard"),
                ("Stakeholders Notified", "3 status updates, to 7 subscribers"),
            ),
            (
                ("Root Cause", "Rolled"),
                ("Users Affected", "25 %"),
                ("Impact", "We will publish"),
                *STEPS_ARE_STEPS,
            ),
        ),
        "quick fix": Expected(
            (
                ("Duration", "9 min"),
                (TIMELINE, "Priya Ramaswamy opened the incident by hand"),
                (TIMELINE, "Mira Castellan acknowledged after 1 min 12 s"),
                ("Steps Taken", "Emptying it."),
                ("What Didn't Go Well", "it was opened by hand"),
                ("Impact", "No alerts"),
            ),
            (("Root Cause", "Emptying"), *STEPS_ARE_STEPS),
        ),
        "auto-resolved": Expected(
            (
                ("Duration", "9 min"),
                (TIMELINE, "Resolved automatically by Lookout"),
                ("Steps Taken", "Nobody acted on it"),
                ("Technical Impact", "Never acknowledged"),
                ("Short-Term Fixes", "resolved automatically"),
            ),
            ((ANYWHERE, "Lena Okafor acknowledged"),),
        ),
        "reopened": Expected(
            (
                ("Duration", "1 h 33 min"),
                ("Duration", "2 h 5 min from start to end"),
                (TIMELINE, "Priya Ramaswamy reopened the incident"),
                (TIMELINE, "snoozed it for 20 min"),
                (TIMELINE, "Mira Castellan handed over to Lena Okafor"),
                ("Steps Taken", "Removed it."),
                ("Short-Term Fixes", "Removed the message that blocked the queue."),
                ("Short-Term Fixes", "The queue now sets broken messages aside."),
                ("What Didn't Go Well", "Reopened once"),
            ),
            (("Root Cause", "The queue now"), *STEPS_ARE_STEPS),
        ),
        "big": Expected(
            (
                ("Duration", "12 h 1 min"),
                ("Impact", "1,000 alerts on 4 services"),
                (TIMELINE, "Mira Castellan acknowledged after 3 min"),
                (TIMELINE, "Jonas Thorvald resolved the incident"),
            ),
            STEPS_ARE_STEPS,
        ),
    }
)
"""By the name of the scenario; one that was merged into another has no document."""
