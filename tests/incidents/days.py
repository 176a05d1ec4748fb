"""Incidents by day: quick, recovered by itself, unanswered, by hand, reopened, merged, talked of."""

from dataclasses import replace
from datetime import UTC, date, datetime

from connectors.follow_up import ChatFile, ChatMessage, ChatSpan, FollowUp, OpenTask, Repeat
from connectors.incidents import CustomField, IncidentRecord, Link, Reference
from tests.incidents.making import SITE, Making, person, service


def quick() -> IncidentRecord:
    """One alert, one person, one fix, twelve minutes."""
    it = Making(
        301,
        "Search returns no results",
        datetime(2025, 2, 11, 9, 30, 20, tzinfo=UTC),
        service("Search"),
        priority="P2",
    )
    it.changed("-4:10", "Reindex products (build 771)", source=None)
    it.alert(
        "0:00",
        "Search returns no results",
        key="search-empty",
        cleared="11:10",
        links=(Link("https://wiki.example.com/runbooks/search", "Runbook"),),
    )
    it.triggered("Pulse")
    it.assigned("0:00", "Ines Moreau")
    it.paged("0:01", "Ines Moreau", "push")
    it.acknowledged("1:05", "Ines Moreau", "mobile")
    it.noted("6:40", "Ines Moreau", "Alias still points at the half-built index products-771.")
    it.resolved("12:02", "Ines Moreau", "Pointed the alias back at products-770.")
    return it.record()


def recovered() -> IncidentRecord:
    """Opened and closed by the monitoring before anybody looked."""
    it = Making(
        302,
        "Latency of Images above 2 s",
        datetime(2025, 2, 12, 12, 0, tzinfo=UTC),
        service("Images"),
        urgency="low",
    )
    it.alert("0:00", "Latency of Images above 2 s", key="img", severity="warning", cleared="3:20")
    it.triggered(severity="warning")
    it.assigned("0:00", "Jonas Weber")
    it.paged("0:30", "Jonas Weber", "email")
    it.resolved("3:20")
    return it.record()


def unanswered() -> IncidentRecord:
    """Escalated to the end and back again; nobody answered; a time limit closed it.

    It had happened in January, and of what was planned then one thing was open; once in March, too,
    by another alert, it seems.
    """
    it = Making(
        303, "Backup of ledger failed", datetime(2025, 5, 1, 3, 0, tzinfo=UTC), service("Ledger")
    )
    it.alert("0:00", "Backup of ledger failed", key="backup")
    it.triggered()
    it.assigned("0:00", "Kemal Aydin")
    it.paged("0:01", "Kemal Aydin", "push", "phone")
    it.escalated("15:00", "Lena Fischer")
    it.paged("15:01", "Lena Fischer", "phone")
    it.entry("repeat_escalation_path", "30:00", "Escalation path repeated", it.me)
    it.escalated("30:00", "Kemal Aydin")
    it.paged("30:01", "Kemal Aydin", "phone")
    it.escalated("45:00", "Lena Fischer")
    it.paged("45:01", "Lena Fischer", "phone")
    it.entry("exhaust_escalation_path", "1:00:00", "Escalation path exhausted", it.me)
    it.resolved("4:00:00", way="timeout")
    it.log[-1] = replace(it.log[-1], agent=it.me)
    return replace(it.record(), follow_up=FollowUp(repeats=_BACKUPS))


_BACKUPS = (
    Repeat(
        "Q000287",
        287,
        "Backup of the ledger has failed",
        datetime(2025, 3, 19, 3, 0, tzinfo=UTC),
        f"{SITE}/incidents/Q000287",
        likeness=91,
    ),
    Repeat(
        "Q000211",
        211,
        "Backup of ledger failed",
        datetime(2025, 1, 9, 3, 0, tzinfo=UTC),
        f"{SITE}/incidents/Q000211",
        "backup",
        open_tasks=(
            OpenTask(
                "LED-40",
                "Page the storage team as well",
                date(2025, 3, 21),
                "https://jira.example.com/browse/LED-40",
            ),
            OpenTask("LED-41", "Try the restore", date(2025, 6, 30)),
        ),
    ),
)


def lapsed() -> IncidentRecord:
    """Acknowledged, and forgotten: the acknowledgement timed out, and the next level was paged."""
    it = Making(
        308,
        "Exports to the warehouse are late",
        datetime(2025, 6, 18, 19, 0, tzinfo=UTC),
        service("Exports"),
        priority="P3",
    )
    it.alert("0:00", "Exports to the warehouse are late", key="exports")
    it.triggered()
    it.assigned("0:00", "Sofia Brandt")
    it.paged("0:01", "Sofia Brandt", "push")
    it.escalated("10:00", "Timo Kallio")
    it.paged("10:01", "Timo Kallio", "phone")
    it.acknowledged("12:00", "Timo Kallio", "mobile")
    it.noted("14:00", "Timo Kallio", "Restarted the exporter. Waiting for the next run.")
    it.lapsed("42:00")
    it.paged("42:01", "Timo Kallio", "push")
    it.escalated("52:00", "Ursula Hahn")
    it.paged("52:01", "Ursula Hahn", "phone")
    it.acknowledged("53:30", "Ursula Hahn", "mobile")
    it.updated("1:00:00", "Ursula Hahn", "About 40 partners do not get their exports.")
    it.noted(
        "1:20:00",
        "Ursula Hahn",
        "The exporter hangs because the partner's certificate has expired. "
        "Disabled the check for that partner.",
    )
    it.resolved("1:31:00", "Ursula Hahn", "Skipped the partner whose certificate has expired.")
    it.noted("2:10:00", "Timo Kallio", "Restarted the exporter once more, all is well.")
    return it.record()


def by_hand() -> IncidentRecord:
    """Opened by a person on the web page: no alerts, no monitor."""
    it = Making(
        304,
        "Support cannot open customer records",
        datetime(2025, 4, 2, 7, 45, tzinfo=UTC),
        service("Back office"),
        priority="P3",
    )
    it.opened("Mina Park")
    it.assigned("0:00", "Noor Haddad", by="Mina Park")
    it.paged("0:02", "Noor Haddad", "push")
    it.acknowledged("0:50", "Noor Haddad")
    it.noted(
        "9:00", "Noor Haddad", "Login works, the record page times out. Asking the database team."
    )
    it.entry(
        "delegate",
        "10:00",
        "Delegated to Databases on call by Noor Haddad",
        person("Noor Haddad"),
        assignees=(replace(person("Databases on call"), kind=it.me.kind.POLICY),),
    )
    it.acknowledged("13:30", "Omar Diallo")
    it.updated(
        "15:00", "Noor Haddad", "Support cannot open customer records; the database team is on it."
    )
    it.noted("26:00", "Omar Diallo", "root cause - a missing index since the migration on Monday")
    it.noted(
        "31:00",
        "Omar Diallo",
        "Action items:\n- Review migrations for indexes @omar.diallo by Friday\n"
        "- Alert on slow record pages\n",
    )
    it.resolved("33:10", "Omar Diallo")
    it.fields.append(CustomField("users_affected", "Users affected", "about 60 support staff"))
    return it.record()


def reopened() -> IncidentRecord:
    """Resolved too early, opened again an hour later."""
    it = Making(
        305,
        "Queue of orders grows",
        datetime(2025, 9, 9, 8, 0, tzinfo=UTC),
        service("Orders"),
        priority="P2",
    )
    it.alert("0:00", "Queue of orders grows", key="orders-queue")
    it.triggered()
    it.assigned("0:00", "Paula Reyes")
    it.paged("0:01", "Paula Reyes", "push")
    it.acknowledged("2:10", "Paula Reyes")
    it.resolved("50:00", "Paula Reyes", "Restarted the consumers.")
    it.assigned("2:00:00", "Paula Reyes", by="Quentin Roy")
    it.paged("2:00:01", "Paula Reyes", "push")
    it.alert("1:58:00", "Queue of orders grows", key="orders-queue")
    it.acknowledged("2:01:30", "Paula Reyes")
    it.noted("2:10:00", "Paula Reyes", "Consumers stop again after 65 minutes: memory.")
    it.resolved("2:17:00", "Paula Reyes", "Raised the memory limit of the consumers to 2 GiB.")
    it.more = {"reopened_at": it.at("2:00:00")}
    return it.record()


def merge_target() -> IncidentRecord:
    """Another team's incident was merged into this one, with its older alerts."""
    it = Making(
        306,
        "Login fails in region west",
        datetime(2025, 7, 15, 16, 20, tzinfo=UTC),
        service("Login"),
        priority="P1",
    )
    sessions = service("Sessions")
    for at in range(6):
        it.alert(
            f"-4:{at * 7:02}",
            "Sessions: write errors",
            key="sessions-write",
            on=sessions,
            severity="error",
            cleared="41:00",
        )
    it.alert("0:00", "Login fails in region west", key="login-west", cleared="40:30")
    it.triggered()
    it.assigned("0:00", "Rosa Lindt")
    it.paged("0:01", "Rosa Lindt", "push")
    it.acknowledged("1:40", "Rosa Lindt")
    for alert in it.alerts[:6]:
        it.entry(
            "link",
            "8:15",
            f"{alert.summary} was added",
            person("Samir Khan"),
            linked=Reference(alert.id, alert.summary),
        )
    it.noted("20:00", "Samir Khan", "One cause for both: the session store lost its leader.")
    it.resolved("43:00", "Rosa Lindt", "Failed the session store over by hand.")
    url = f"{SITE}/incidents/Q000307"
    it.record_more = {
        "merged_incidents": (Reference("Q000307", "#307 Sessions: write errors", url),)
    }
    return it.record()


def _picked() -> list[tuple[str, str, tuple[ChatSpan, ...], tuple[ChatFile, ...]]]:
    """Give when each was written, by whom, its words and files."""
    dana, kim, bot = "Dana Whitfield", "Kim Doe", "Deploy Bot"
    graph = ChatFile("p99.png", "https://acme.slack.com/files/U1/F1/p99.png")
    return [
        ("4:02", bot, (ChatSpan("Deployed checkout 4.2.1 to prod"),), ()),
        ("5:20", dana, (ChatSpan("Pool of checkout-7 ran dry"),), (graph,)),
        ("9:00", kim, (ChatSpan("our side is healthy"),), ()),
        (
            "11:30",
            dana,
            (
                ChatSpan("@Kim Doe"),
                ChatSpan(" rolled back "),
                ChatSpan("#deploys"),
                ChatSpan(", see "),
                ChatSpan("the board", "https://grafana.example.com/d/chk?a=1&b=2"),
                ChatSpan(" \U0001f525 "),
                ChatSpan("kubectl rollout undo deploy/checkout | tee undo.log", is_code=True),
            ),
            (),
        ),
        ("15:45", kim, (ChatSpan("Still slow. Two things:\n\u2022 pool\n\u2022 retries"),), ()),
        (
            "22:00",
            dana,
            (ChatSpan("It is "), ChatSpan("not", is_strong=True), ChatSpan(" DNS")),
            (),
        ),
        ("28:10", kim, (), (graph,)),
        ("40:00", dana, (ChatSpan("all green"),), ()),
        (
            "50:00",
            dana,
            (ChatSpan("ACTION: alert on pool exhaustion "), ChatSpan("@Kim Doe")),
            (),
        ),
    ]


def talked() -> IncidentRecord:
    """A lively channel, of which nine messages were picked: one edited since, two of a thread."""
    it = Making(
        309,
        "Checkout times out",
        datetime(2025, 6, 3, 18, 55, tzinfo=UTC),
        service("Checkout"),
        priority="P1",
    )
    it.alert("0:00", "Checkout times out", key="checkout-timeouts", cleared="41:30")
    it.triggered("Pulse")
    it.assigned("0:00", "Dana Whitfield")
    it.acknowledged("2:10", "Dana Whitfield", "chat")
    it.resolved("42:00", "Dana Whitfield")
    messages = tuple(
        ChatMessage(
            "C0ROOM00309",
            f"{number}.000200",
            it.at(offset),
            author,
            words,
            files,
            f"https://acme.slack.com/archives/C0ROOM00309/p{number}000200",
        )
        for number, (offset, author, words, files) in enumerate(_picked(), start=1)
    )
    return replace(it.record(), follow_up=FollowUp(messages=messages))
