"""What becomes of texts in other formats: of notes, updates, requests, fields, titles and mails."""

from datetime import timedelta

import pytest

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.scenarios.checkout_storm import LENA, ROBOT
from tests.acceptance.world import World, opened, told, world

MARCO = wire.person("Marco Vidal")


@pytest.fixture
def here(tmp_path):
    with world(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("note", "quoted"),
    [
        ("<p>Shops <b>cannot</b> sell</p>", '"Shops cannot sell"'),
        ("See [the board](https://g.example.com/7)", '"See the board (<https://g.example.com/7>)"'),
        ("```\ndf -h | tail\n```", r'"df -h \| tail"'),
        ("|a|b|\n|-|-|\n|1|2|", r'"a|b / 1|2"'.replace("|", r"\|")),
        ('{"disk": {"used": "98%"}}', '"disk.used: 98%"'),
        ("\x1b[1;31mERROR\x1b[0m pool is empty", '"ERROR pool is empty"'),
    ],
)
def test_a_note_is_quoted_in_words_not_in_its_marks(here: World, note: str, quoted: str) -> None:
    incident, at = opened(here)
    incident.note(note, at + timedelta(minutes=5), ROBOT)
    text = told(here, incident)
    assert f"(bot) noted: {quoted} [log]" in text


def test_updates_requests_and_fields_show_no_html(here: World) -> None:
    incident, at = opened(here)
    page = "<p>Payments <strong>fail</strong>.</p><ul><li>Refunds work</li></ul>"
    incident.update(page, at + timedelta(minutes=5), LENA)
    incident.entry(
        "status_update", at, "Status update sent", LENA, message=None, html_message="<p>First</p>"
    )
    incident.request([MARCO], "<b>Join</b> us", at + timedelta(minutes=6), LENA)
    incident.set_field("seen", "Seen", "<i>All</i> shops", at + timedelta(minutes=7), LENA)
    text = told(here, incident)
    assert 'published a status update: "Payments fail. Refunds work"' in text
    assert 'published a status update: "First"' in text
    assert 'to help: "Join us"' in text
    assert 'set Seen to "All shops"' in text
    assert not any(mark in text for mark in ("<p", "<b>", "<i>", "<strong", "<li"))


def test_a_title_that_was_escaped_and_encoded_on_its_way_can_be_read(here: World) -> None:
    sent = "=?UTF-8?Q?St=C3=B6rung:?= CPU &gt; 90% &amp;amp; more\\nHost db-1\\n"
    incident, _ = opened(here, sent)
    text = told(here, incident)
    assert "\n# Postmortem: Störung: CPU > 90% & more Host db-1\n" in text
    assert 'reported "Störung: CPU > 90% & more / Host db-1"' in text


def test_a_link_of_a_mail_that_is_still_encoded_leads_where_it_should(here: World) -> None:
    incident, _ = opened(here)
    mail = "Caf=C3=A9 is down=\r\n. See https://shop.example.com/err?id=3D7"
    incident.alerts[0]["body"]["details"] = incident.alerts[0]["body"]["cef_details"] = mail
    assert "(https://shop.example.com/err?id=7)" in told(here, incident)


def test_a_note_laid_out_with_headings_is_read_by_them(here: World) -> None:
    incident, at = opened(here)
    incident.note(
        "## Root cause\nThe pool was too small.\n\n**Action items**\n- [ ] Alert on the pool\n- Test it",
        at + timedelta(minutes=5),
        LENA,
    )
    text = told(here, incident)
    assert '**Root Cause:** "The pool was too small." (note of' in text
    assert [item.task for item in here.items("it") if item.ticket] == [
        "Alert on the pool",
        "Test it",
    ]


def test_an_address_with_marks_in_it_is_one_link(here: World) -> None:
    incident, at = opened(here)
    incident.note("Graph: https://k.example.com/d?_a=(q:'a|b')", at + timedelta(minutes=5), LENA)
    assert "<https://k.example.com/d?_a=(q:%27a%7Cb%27)>" in told(here, incident)
