"""Incidents at night: an alert storm, one over a change of the clocks, one over several days."""

from datetime import UTC, datetime

from connectors.incidents import CustomField, IncidentRecord, Link, Missing, Reference
from tests.incidents.making import Making, channel, service

CHECKOUT, PAYMENTS, SHOP = map(service, ("Checkout API", "Payments", "Shop frontend"))
RUNBOOK = Link("https://wiki.example.com/runbooks/checkout-5xx", "Runbook")
BOARD = Link("https://grafana.example.com/d/checkout?from=now-1h&to=now", "Checkout dashboard")
GRAPH = Link("https://grafana.example.com/render/checkout.png", "Error rate", is_image=True)


def _raise_storm(it: Making) -> None:
    links = (RUNBOOK, BOARD, GRAPH)
    it.alert("0:00", "Checkout API: 5xx above 5 %", key="checkout-5xx", links=links)
    for at in range(22):
        it.alert(
            f"{at // 2 + 1}:{at % 2 * 25:02}",
            "Checkout API: 5xx above 5 %",
            key="checkout-5xx",
            cleared=f"1:{38 + at % 5:02}:00",
            links=(RUNBOOK, BOARD),
        )
    for at in range(9):
        it.alert(
            f"3:{at * 5:02}",
            f"Payment worker payments-{at} is out of connections",
            severity="error",
            on=PAYMENTS,
            cleared=f"1:{31 + at % 3}:00",
        )
    for at in range(5):
        it.alert(
            f"{6 + at}:30",
            "Shop frontend: slow checkout page",
            key="shop-slow",
            severity="warning",
            on=SHOP,
            cleared=f"1:{40 + at % 2}:00",
        )


def _call_for_help(it: Making) -> None:
    it.triggered()
    it.assigned("0:00", "Ada Okafor")
    it.paged("0:01", "Ada Okafor", "push", "sms")
    it.paged("2:01", "Ada Okafor", "phone")
    it.escalated("5:00", "Ben Haugen", "Chloé Laurent")
    it.paged("5:01", "Ben Haugen", "push", "sms")
    it.paged("5:02", "Chloé Laurent", "push", "sms")
    it.paged("7:03", "Ben Haugen", "phone")
    it.acknowledged("10:12", "Ben Haugen")
    it.prioritised("12:40", "Ben Haugen", "P3", "P1")
    it.entry(
        "integration_chat_channel_event",
        "13:05",
        "Chat channel #inc-4711 was created",
        None,
        links=(Link("https://chat.example.com/inc-4711", "#inc-4711"),),
    )
    it.asked(
        "14:30",
        "Ben Haugen",
        "Payments pool is full, please join",
        Dmitri_Sokolov="joined",
        Esra_Demir="declined",
    )


def _find_the_cause(it: Making) -> None:
    it.updated("21:10", "Ben Haugen", "Some customers cannot pay. We are looking into it.")
    it.noted(
        "34:20",
        "Dmitri Sokolov",
        "Payments pool is exhausted since 02:09, right after the checkout release.\n"
        "- 400 of 400 connections in use\n- no slow queries\n- restart did not help",
    )
    it.noted(
        "58:00",
        "Ben Haugen",
        "ACTION: add an alert on connection pool usage @dmitri.sokolov by 2025-03-14",
    )
    it.noted(
        "1:21:30",
        "Dmitri Sokolov",
        "Root cause: checkout 4.2.0 opens a payment connection "
        "per cart line and never gives it back.",
    )
    it.updated("1:31:00", "Ben Haugen", "We are rolling back. Payments recover.")
    it.noted(
        "1:45:10",
        "Ben Haugen",
        "FOLLOW-UP: test connection use in CI (@ada.okafor)\n"
        "ai: write a runbook for a full payments pool",
    )


def storm() -> IncidentRecord:
    """37 alerts on three services; nobody answers for ten minutes; a rollback ends it."""
    it = Making(
        4711, "Checkout API: 5xx above 5 %", datetime(2025, 3, 3, 1, 10, 4, tzinfo=UTC), CHECKOUT
    )
    it.changed("-34:00", "Release checkout 4.2.0")
    it.changed("-9:20:00", "Rotate TLS certificates", source="Platform team")
    _raise_storm(it)
    _call_for_help(it)
    _find_the_cause(it)
    it.resolved(
        "1:47:08", "Ben Haugen", "Rolled checkout back to 4.1.9, pool drained within 10 minutes."
    )
    it.fields.append(
        CustomField("customer_impact", "Customer impact", "about 38 % of payments failed")
    )
    it.more = {
        "conference_url": "https://meet.example.com/inc-4711",
        "conference_number": "+1 555 0100,,4711#",
    }
    it.record_more = {"subscribers": 14, "business_services": (Reference("PB1", "Web shop"),)}
    return it.record()


def clocks_change() -> IncidentRecord:
    """Open while the clocks go back in Berlin: 02:40 comes twice."""
    it = Making(
        5120,
        "Nightly settlement is stuck",
        datetime(2025, 10, 26, 0, 20, tzinfo=UTC),
        service("Settlement"),
    )
    it.alert("0:00", "Nightly settlement is stuck", key="settle")
    it.triggered()
    it.assigned("0:00", "Farid Rahimi")
    it.paged("0:01", "Farid Rahimi", "phone")
    it.acknowledged("3:15", "Farid Rahimi", "sms")
    it.noted(
        "20:00",
        "Farid Rahimi",
        "The batch waits for a file from the bank that is named by local time.",
    )
    it.noted(
        "1:20:00",
        "Farid Rahimi",
        "The file came a second time under the same name, the batch goes on.",
    )
    it.resolved("1:50:00", "Farid Rahimi")
    return it.record()


def days() -> IncidentRecord:
    """Snoozed over the weekend, handed over, acknowledged again and again."""
    it = Making(
        5200,
        "Disk of archive-3 is 91 % full",
        datetime(2025, 6, 6, 14, 5, tzinfo=UTC),
        service("Archive"),
        urgency="low",
    )
    it.alert("0:00", "Disk of archive-3 is 91 % full", key="disk", severity="warning")
    it.triggered(severity="warning")
    it.assigned("0:00", "Grace Mbeki")
    it.paged("0:02", "Grace Mbeki", "email")
    it.acknowledged("12:00", "Grace Mbeki")
    it.entry(
        "snooze",
        "14:00",
        "Snoozed by Grace Mbeki",
        it.log[-1].agent,
        channel=channel("website", duration=it.at("66:00:00") - it.at("0:00")),
    )
    it.lapsed("66:14:00")
    it.paged("66:14:01", "Grace Mbeki", "push")
    it.acknowledged("66:40:00", "Grace Mbeki")
    it.assigned("67:05:00", "Hugo Lindqvist", by="Grace Mbeki")
    it.noted(
        "67:20:00",
        "Hugo Lindqvist",
        "Old snapshots were kept because the pruning job lost its credentials.",
    )
    it.resolved("68:31:00", "Hugo Lindqvist", "Renewed the credentials, pruning freed 38 %.")
    it.missing.append(Missing("related changes", "The account's plan does not include them."))
    return it.record()
