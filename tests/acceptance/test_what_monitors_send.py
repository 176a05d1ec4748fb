"""What becomes of the texts that monitors send: links, mails, titles of any length."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, LENA
from tests.acceptance.world import World, opened, told, world
from worker.content.placeholders import is_bracketed

FIRING = "\n\n".join(
    f"Labels:\n - alertname = Lag\n - instance = db-{n}\nAnnotations:\n"
    f" - dashboard = https://charts.example.com/d/lag?host=db-{n}\n"
    " - runbook_url = https://wiki.example.com/runbooks/lag\n"
    f"Source: https://prom.example.com/graph?g0.expr=lag&amp;host=db-{n}"
    for n in range(1, 6)
)
MAIL = (
    "<html><head><style>td{color:red}</style></head><body><p>Import <b>88</b> failed.</p>"
    '<a href="https://jobs.example.com/88?tab=log&amp;raw=1">Log of the run</a></body></html>'
)
MARKDOWN = (
    "%%%\n[![Lag](https://snap.example.com/1.png)](https://watch.example.com/monitors/7?to=2)\n"
    "Runbook: [Lag](https://wiki.example.com/lag),[Back](https://wiki.example.com/back)\n%%%"
)


@pytest.fixture
def here(tmp_path):
    with world(tmp_path) as made:
        yield made


def raised(here: World, title: str, details: object = None) -> SandboxIncident:
    """An incident with one alert of this title and these details, resolved by now."""
    at = here.clock.now - timedelta(hours=1)
    incident = here.pagerduty.account.open(CHECKOUT, title, at=at)
    incident.alert(title, at, key="one", details=details)  # type: ignore[arg-type]  # any JSON
    incident.acknowledge(LENA, at + timedelta(minutes=2))
    incident.resolve(at + timedelta(minutes=30), by=LENA)
    here.incidents["it"] = incident
    return incident


def section(here: World, number: int) -> list[str]:
    """The nested bullets of one section of the draft, without the prompts that are still open."""
    assert not here.sync("it").failures
    text = here.text("it")
    lines = text.partition(f"\n## {number}. ")[2].partition("\n---")[0].splitlines()
    nested = [line.strip() for line in lines if line.startswith("  - ")]
    return [line for line in nested if not is_bracketed(line.removeprefix("- "))]


def test_runbook_dashboard_and_graph_of_a_group_of_alerts_are_told_apart(here: World) -> None:
    raised(here, "Lag", {"firing": FIRING, "num_firing": "5"})
    told = section(here, 8)
    assert told[0] == "- [runbook](https://wiki.example.com/runbooks/lag)"
    assert "- [dashboard](https://charts.example.com/d/lag?host=db-2) (host=db-2)" in told
    assert "- [Source](https://prom.example.com/graph?g0.expr=lag&host=db-3) (host=db-3)" in told
    assert told[-1] == "- And 4 links more, in the alerts"


def test_links_of_a_mail_are_told_and_none_of_its_html(here: World) -> None:
    incident = raised(here, "Import failed", MAIL)
    incident.alerts[0]["body"]["cef_details"] = None
    assert section(here, 8) == ["- [Log of the run](https://jobs.example.com/88?tab=log&raw=1)"]
    text = here.text("it")
    assert not any(mark in text for mark in ("<p", "<b>", "<td", "<style", "&amp;"))


def test_what_a_mail_of_somebodys_says_is_told(here: World) -> None:
    incident = raised(here, "Shop is down")
    body = "Hello,\r\nnone of our 40 stores can charge cards.\r\n> All good?\r\n-- \r\nAnn"
    incident.log[0]["channel"] = {"type": "email", "summary": "Shop is down", "body": body}
    assert not here.sync("it").failures
    text = here.text("it")
    assert 'description: "Hello, none of our 40 stores can charge cards." [log]' in text
    assert "All good" not in text
    assert "Ann" not in text


def test_a_mail_without_words_in_its_entry_says_those_of_its_alert(here: World) -> None:
    incident = raised(here, "Import failed", MAIL)
    incident.log[0]["channel"] = {"type": "email", "summary": "Import failed", "body": "<p>…</p>"}
    assert not here.sync("it").failures
    assert 'description: "Import 88 failed. Log of the run" [log]' in here.text("it")


def test_links_side_by_side_in_markdown_are_links_each(here: World) -> None:
    raised(here, "Lag", {"body": MARKDOWN})
    assert section(here, 8) == [
        "- Runbook: [Lag](https://wiki.example.com/lag)",
        "- Runbook: [Back](https://wiki.example.com/back)",
        "- Image: [Lag](https://snap.example.com/1.png)",
        "- [Lag](https://watch.example.com/monitors/7?to=2)",
    ]


def test_a_title_of_many_lines_is_one_heading_and_told_whole_once(here: World) -> None:
    lines = [
        f"Replica search-{n} is {n * 137} s behind its leader: reads are old." for n in (1, 2, 3, 4)
    ]
    raised(here, "\n".join(lines))
    told = section(here, 1)
    text = here.text("it")
    assert f"\n# Postmortem: {lines[0][:-1]}…\n" in text
    assert told == ['- The whole title: "' + " ".join(lines) + '"']
    assert text.count(lines[1]) == 1
    assert f'title: "{lines[0][:-1]}…"\n' in text
    here.add_rows("Add a replica", name="it")
    here.sync("it")
    (ticket,) = here.jira.site.records.values()
    assert lines[1] not in str(ticket.now)


def test_what_people_change_in_the_front_matter_stays_and_the_rest_is_refreshed(
    here: World,
) -> None:
    incident = raised(here, "Lag")
    here.sync("it")
    assert "severity" not in here.text("it").partition("\n---\n")[0]
    incident.set_priority(wire.priority("P2"), here.clock.now, LENA)
    here.sync("it")
    assert "\nseverity: P2\n" in here.text("it")
    here.edit(lambda text: text.replace("title: Lag", "title: The lag of October"), "it")
    incident.title = "Lag on db-1"
    incident.set_priority(wire.priority("P1"), here.clock.now, LENA)
    result = here.sync("it")
    assert "\nseverity: P1\n" in here.text("it")
    assert "\ntitle: The lag of October\n" in here.text("it")
    assert [(one.place, one.fresh) for one in result.suggestions] == [("title", "Lag on db-1")]


def test_a_review_of_long_ago_is_due_after_its_draft_and_stays_so(here: World) -> None:
    here.policy = replace(
        here.policy, drafting=replace(here.policy.drafting, review_due=timedelta(days=5))
    )
    here.clock.now -= timedelta(days=40)
    raised(here, "Lag")
    here.clock.now += timedelta(days=40)  # 23 November 2026, a Monday: in five days is a Saturday
    here.sync("it")
    assert "Due by 2026-11-30" in here.text("it")
    here.clock.now += timedelta(days=20)
    before = here.path("it").stat().st_mtime_ns
    here.sync("it")
    assert here.path("it").stat().st_mtime_ns == before


REASON = "Threshold Crossed: 1 datapoint [93.2 (23/11/26 07:25:00)] was greater than 90.0."


def test_the_words_of_each_kind_of_alert_stand_in_the_document_once(here: World) -> None:
    at = here.clock.now - timedelta(minutes=90)
    incident = here.pagerduty.account.open(CHECKOUT, "ALARM: cpu-high", at=at)
    here.incidents["it"] = incident
    cloud = {"AlarmName": "cpu-high", "NewStateReason": REASON, "AWSAccountId": "000000000000"}
    incident.alert("ALARM: cpu-high", at, key="one", client="Cloud", details=cloud)
    firing = (
        "Labels:\n - alertname = Lag\nAnnotations:\n - description = Orders wait for 40 s.\n"
        "Source: https://charts.example.com/lag\n"
    )
    for number in range(3):
        later = at + timedelta(minutes=2, seconds=number)
        incident.alert(f"Lag of {number}", later, key=f"l{number}", details={"firing": firing})
    text = told(here, incident)
    before = here.path("it").read_bytes()
    assert not here.sync("it").failures
    assert here.path("it").read_bytes() == before
    plain = text.replace("\\", "")
    assert (
        f'reported "ALARM: cpu-high" on Checkout API (critical); description: "{REASON}"' in plain
    )
    assert '  - Alert "Lag of 0", 08:32: "Orders wait for 40 s."' in plain
    assert (plain.count(REASON), plain.count("Orders wait for 40 s.")) == (1, 1)


def test_a_secret_in_an_alerts_words_is_hidden(here: World) -> None:
    incident, at = opened(here)
    secret = "Login of deploy failed with password=" + "Xk29-vq81-Lm"
    incident.alert("Deploy failed", at + timedelta(minutes=1), key="two", details={"error": secret})
    text = told(here, incident)
    assert "Login of deploy failed" in text
    assert "Xk29" not in text
