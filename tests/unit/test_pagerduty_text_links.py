"""Which links are found in what monitors send, where each ends, and what it is called."""

import time

import pytest

from connectors.incidents import Link
from connectors.json_fields import JsonValue
from connectors.pagerduty import log_payloads, payloads, text_links
from connectors.pagerduty.common_payloads import PAGERDUTY
from connectors.pagerduty.text_links import context_links, distinct, links_in
from connectors.pagerduty.written_text import readable

GRAFANA = """
Value: A=95
Labels:
 - alertname = Lag
Annotations:
 - runbook_url = https://wiki.example.com/lag?x=1&amp;y=2
 - summary = see https://wiki.example.com/more.
Source: https://charts.example.com/alerting/lag/view?orgId=1
Silence: https://charts.example.com/alerting/silence/new?matcher=alertname%3DLag
Panel: https://charts.example.com/d/lag?viewPanel=4
"""
DATADOG = """%%%
[![Metric Graph](https://snap.example.com/1.png)](https://watch.example.com/monitors/7?to=2)

Runbook: [Lag](https://wiki.example.com/lag),[Roll back](https://wiki.example.com/back)
[[Monitor Status](https://watch.example.com/monitors/7)] · [[Edit](https://watch.example.com/7/edit)]
%%%"""
MAIL = (
    "<html><head><style>p{color:red}</style><title>No</title></head><body><p>Runbook: "
    "<a href='https://wiki.example.com/rb'>here</a></p><table><tr><th>Charts</th><td>"
    '<a href="https://charts.example.com/d?x=1&amp;y=2"><b>Prod</b> board</a></td></tr></table>'
    '<img src="https://t.example.com/open.gif" width=1><img alt="CPU" src="https://g.example.com/c.png">'
    "<a href='mailto:a@example.com'>Mail us</a> <a href='https://a.example.com/unsubscribe'>x</a>"
    "<!-- https://no.example.com --></body></html>"
)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"firing": GRAFANA}, [
            ("runbook", "https://wiki.example.com/lag?x=1&y=2"),
            ("", "https://wiki.example.com/more"),
            ("Source", "https://charts.example.com/alerting/lag/view?orgId=1"),
            ("Silence", "https://charts.example.com/alerting/silence/new?matcher=alertname%3DLag"),
            ("Panel", "https://charts.example.com/d/lag?viewPanel=4"),
        ]),
        ({"body": DATADOG}, [
            ("Metric Graph", "https://snap.example.com/1.png"),
            ("Metric Graph", "https://watch.example.com/monitors/7?to=2"),
            ("Lag", "https://wiki.example.com/lag"),
            ("Roll back", "https://wiki.example.com/back"),
            ("Monitor Status", "https://watch.example.com/monitors/7"),
            ("Edit", "https://watch.example.com/7/edit"),
        ]),
        (MAIL, [
            ("Runbook", "https://wiki.example.com/rb"),
            ("Prod board", "https://charts.example.com/d?x=1&y=2"),
            ("CPU", "https://g.example.com/c.png"),
        ]),
        ("&lt;p&gt;&lt;a href=&quot;https://j.example.com/1?a=1&amp;amp;b=2&quot;&gt;Run&lt;/a&gt;", [
            ("Run", "https://j.example.com/1?a=1&b=2"),
        ]),
        ({"Message": '{"AlarmDescription": "Runbook: https://wiki.example.com/cpu, then call"}'}, [
            ("Runbook", "https://wiki.example.com/cpu"),
        ]),
        ("<https://wiki.example.com/rb|Checkout runbook> or <https://plain.example.com/x>", [
            ("Checkout runbook", "https://wiki.example.com/rb"),
            ("", "https://plain.example.com/x"),
        ]),
        ("[Runbook|https://wiki.example.com/rb], [1]: https://wiki.example.com/one", [
            ("Runbook", "https://wiki.example.com/rb"),
            ("", "https://wiki.example.com/one"),
        ]),
        ("Runbook:\nhttps://wiki.example.com/rb\n * Queue -> https://charts.example.com/2", [
            ("Runbook", "https://wiki.example.com/rb"),
            ("Queue", "https://charts.example.com/2"),
        ]),
        ("Logs: https://k.example.com/#/?_g=(time:(from:now-1h))&_a=(index:'logs-*',query:'a'), so", [
            ("Logs", "https://k.example.com/#/?_g=(time:(from:now-1h))&_a=(index:'logs-*',query:'a')"),
        ]),
        ('Source: https://prom.example.com/graph?g0.expr=up{job="api"}==0&g0.tab=1 now', [
            ("Source", 'https://prom.example.com/graph?g0.expr=up{job="api"}==0&g0.tab=1'),
        ]),
        ("https://a.example.com/1,https://a.example.com/2;https://a.example.com/3.", [
            ("", "https://a.example.com/1"),
            ("", "https://a.example.com/2"),
            ("", "https://a.example.com/3"),
        ]),
        ("(https://a.example.com/Foo_(bar)) and [x](https://b.example.com/Foo_(bar)), ok", [
            ("", "https://a.example.com/Foo_(bar)"),
            ("x", "https://b.example.com/Foo_(bar)"),
        ]),
        ({"link": "https://a.example.com/?a=1&copy=2&lt=3&amp;amp;reg=4"}, [
            ("", "https://a.example.com/?a=1&copy=2&lt=3&reg=4"),
        ]),
        ({"annotations": {"dashboardURL": "https://charts.example.com/d"}}, [
            ("dashboard", "https://charts.example.com/d"),
        ]),
        ({"full_url": "https://a.example.com/1", "href": "https://a.example.com/2"}, [
            ("", "https://a.example.com/1"),
            ("", "https://a.example.com/2"),
        ]),
        ({"SigningCertURL": "https://cloud.example.com/cert.pem"}, []),
        ({"go": "https://sso.example.com/login?next=https://charts.example.com/1"}, [
            ("go", "https://sso.example.com/login?next=https://charts.example.com/1"),
        ]),
        ("see '&lt;https://a.example.com/1&gt;', \u300chttps://b.example.com/x\u300d", [
            ("", "https://a.example.com/1"),
            ("", "https://b.example.com/x"),
        ]),
        ("For what to do when this happens at night please read: https://a.example.com/x", [
            ("", "https://a.example.com/x"),
        ]),
        ("https:// and http://. and xhttps://a.example.com", []),
    ],
)  # fmt: skip
def test_each_address_is_found_by_itself_under_its_own_name(
    sent: object, found: list[tuple[str, str]]
) -> None:
    assert [(one.text, one.url) for one in distinct(links_in(sent))] == found


def test_pictures_are_told_from_what_they_lead_to() -> None:
    assert [one.is_image for one in links_in(DATADOG)][:2] == [True, False]
    assert list(links_in("<a href='https://c.example.com/d'><img src='https://c.example.com/1.png' alt='A [5m]'></a>")) == [
        Link("https://c.example.com/1.png", "A (5m)", is_image=True),
        Link("https://c.example.com/d", "A (5m)"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['Rule "pay is slow"', "Rule 'slow'", '"a" and "b"'])
def test_a_name_keeps_the_quotes_within_it(text: str) -> None:
    (found,) = context_links([{"href": "https://a.example.com", "text": f" *{text}*: "}])
    assert found.text.count('"') % 2 == 0


def test_the_address_of_a_picture_alone_is_one_unless_it_decorates() -> None:
    sent = {
        "imageURL": "https://g.example.com/i.png?w=1",
        "screenshot_url": "https://g.example.com/s.JPG",
        "logo": "https://g.example.com/logo.png",
        "file": "https://g.example.com/raw?name=i.png",
    }
    assert [one.is_image for one in links_in(sent)] == [True, True, False, False]


@pytest.mark.parametrize("contexts", [None, 1, "x", {}, [1, None, {}, {"href": 2}, {"src": None}]])
def test_contexts_of_any_shape_are_no_error(contexts: object) -> None:
    assert list(context_links(contexts)) == []


def test_a_context_is_unescaped() -> None:
    given = [{"href": "https://a.example.com/?a=1&amp;b=2", "text": "R &amp; D"}]
    assert list(context_links(given)) == [Link("https://a.example.com/?a=1&b=2", "R & D")]


def test_contexts_that_differ_in_one_field_are_told_apart() -> None:
    first = {"text": "Run", "alt": "A", "src": "https://a.example.com/1.png", "href": "https://b.c"}
    also: list[dict[str, object]] = [
        {**first, "text": "Walk"},
        {**first, "text": ""},
        {**first, "src": "https://a.example.com/2.png"},
        {**first, "href": None},
        {**first, "src": None},
        {**first, "src": first["href"], "href": first["src"]},
        *({"text": one, "href": "https://b.c"} for one in (1, True, 1.0, "1", [1])),
    ]
    told = [[(one.url, one.text, one.is_image) for one in context_links([each])] for each in also]
    image, target = "https://a.example.com/1.png", "https://b.c"
    assert told == [
        [(image, "Walk", True), (target, "Walk", False)],
        [(image, "A", True), (target, "A", False)],
        [("https://a.example.com/2.png", "Run", True), (target, "Run", False)],
        [(image, "Run", True)],
        [(target, "Run", False)],
        [(target, "Run", True), (image, "Run", False)],
        *([(target, one, False)] for one in ("1", "True", "1.0", "1", "[1]")),
    ]


def test_a_long_context_is_read_and_not_kept() -> None:
    picture = "https://a.example.com/" + "1" * 2_000
    before = text_links._of_context.cache_info()
    assert [one.url for one in context_links([{"src": picture}] * 2)] == [picture] * 2
    assert text_links._of_context.cache_info() == before


@pytest.mark.parametrize(
    "word", ["Unsubscribe", "un\u017fub\u017fcribe \u2193", "UNSUBSCRIBE \u2193"]
)
def test_what_no_reader_wants_is_left_out_in_any_spelling(word: str) -> None:
    address = "https://m.example.com/1"
    assert list(links_in(f"[{word}]({address})")) == []
    assert list(links_in({word: address})) == []


@pytest.mark.parametrize(
    "more", [{"b": "https://b.example.com"}, "https://b.example.com", [["https://b.example.com"]]]
)
@pytest.mark.parametrize("own", [{"a": "https://a.example.com"}, {}, "", None])
def test_details_that_pagerduty_sends_twice_are_searched_once_and_others_too(
    own: object, more: object
) -> None:
    body = {
        "details": own,
        "cef_details": {"details": more, "urgent": 3, "message": "https://c.example.com"},
    }
    wire = {"id": "A1", "created_at": "2026-10-15T12:00:00Z", "body": body}
    found = [one.url[8] for one in payloads.alert(JsonValue(wire, PAGERDUTY)).links]
    assert found == [*(["a"] if own else []), "b", "c"]


@pytest.mark.parametrize(
    "body",
    [
        {"details": "Runbook: https://wiki.example.com/rb"},
        {"cef_details": {"details": "Runbook: https://wiki.example.com/rb"}},
        {"cef_details": {"details": {"deep": [{"Runbook": "https://wiki.example.com/rb"}]}}},
        {"details": None, "cef_details": {"message": "Runbook: https://wiki.example.com/rb"}},
        {"details": '{"Runbook": "https://wiki.example.com/rb"}', "cef_details": None},
    ],
)
def test_links_are_found_wherever_the_details_are(body: object) -> None:
    wire = {"id": "A1", "created_at": "2026-10-15T12:00:00Z", "body": body}
    read = payloads.alert(JsonValue(wire, PAGERDUTY))
    assert [(one.url, one.text) for one in read.links] == [
        ("https://wiki.example.com/rb", "Runbook")
    ]


def test_a_mail_that_triggered_an_incident_shows_its_links_and_no_html() -> None:
    channel = {"type": "email", "body": MAIL, "details": MAIL, "cef_details": None}
    wire = {"id": "L1", "type": "trigger_log_entry", "created_at": "2026-10-15T12:00:00Z"}
    read = log_payloads.log_entry(JsonValue({**wire, "channel": channel}, PAGERDUTY))
    assert [one.text for one in read.links] == ["Runbook", "Prod board", "CPU"]
    assert (read.channel.details or "").splitlines() == [
        "Runbook: here", "Charts: Prod board", "CPUMail us x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a < b && c <a@example.com> &amp;", "a < b && c <a@example.com> &amp;"),
        ("one<br>two <b>three</b>", "one\ntwo three"),
        ("<p>a &lt; b</p>\n<ul><li>x</li><li>y</li></ul>", "a < b\n- x\n- y"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("<div>x<script>evil()", "x"),
        ("<p>x</p><!-- y", "x"),
    ],
)
def test_html_is_read_as_people_see_it(sent: str, read: str) -> None:
    assert readable(sent) == read


def test_text_with_lines_of_its_own_keeps_them_around_a_link_in_html() -> None:
    text = "\n - summary = Slow\n - runbook_url = https://w.example.com/1\n - x = <a href='https://g.example.com'>G</a>"
    assert [
        (one.text, one.url)
        for one in links_in({"firing": text, "errorChartUrl": "https://c.example.com"})
    ] == [
        ("runbook", "https://w.example.com/1"),
        ("G", "https://g.example.com"),
        ("error chart", "https://c.example.com"),
    ]


@pytest.mark.parametrize(
    "piece", ["<a ", "<style", '<a "', "[", "![x](", "https://x/(", "<p>&lt;", "{"]
)
def test_no_text_takes_long(piece: str) -> None:
    began = time.perf_counter()
    list(links_in(piece * (100_000 // len(piece)) + "</p> https://a.example.com"))
    assert time.perf_counter() - began < 5


AM = "https://am.example.com/#"


@pytest.mark.parametrize(
    ("sent", "is_to_read"),
    [
        ({"silenceURL": f"{AM}/silences"}, False),
        ({"body": f"Mute it here: {AM}/silences/new?filter=%7Ba%3D1%7D"}, False),
        ({"body": "[Acknowledge](https://ops.example.com/a/7)"}, False),
        ({"body": "[[Acknowledge this alert](https://ops.example.com/a/7)]"}, False),
        ({"issueAckUrl": "https://api.example.com/issues/7?notifier=W&action=ACK"}, False),
        ({"incident_acknowledge_url": "https://nr.example.com/incidents/7"}, False),
        ({"body": "Next: https://nr.example.com/accounts/1/incidents/7/acknowledge"}, False),
        ({"body": "<a href='https://ops.example.com/a/7'>Snooze for 2 hours</a>"}, False),
        ({"body": "<https://acme.pagerduty.example.com/i/7|View in PagerDuty>"}, True),
        ({"body": "Manage: https://x.example.com/7 Mute monitor: https://x.example.com/8"}, True),
        ({"body": "[Close issue](https://ops.example.com/a/7)"}, False),
        ({"body": "Runbook: https://wiki.example.com/how-to-silence"}, True),
        ({"body": "[How to acknowledge alerts](https://wiki.example.com/ack)"}, True),
        ({"body": "[Silences](https://am.example.com/#/silences)"}, True),
        ({"body": "Docs: https://wiki.example.com/snooze/new"}, True),
        ({"body": "[Closed issues](https://git.example.com/issues?state=closed)"}, True),
        ({"body": "[View alert](https://ops.example.com/a/7)"}, True),
        ({"resolve": "https://wiki.example.com/fix"}, True),
    ],
)
def test_what_would_act_when_clicked_is_told_as_a_button(sent: object, *, is_to_read: bool) -> None:
    found = list(links_in(sent))
    assert found
    assert any(not one.is_button for one in found) == is_to_read
    assert all(one.is_button for one in found if one.text == "Mute monitor")


def test_a_button_among_the_contexts_is_one_too() -> None:
    contexts = [
        {"type": "link", "href": f"{AM}/silences/new?filter=x", "text": "x"},
        {"type": "link", "href": "https://x.example.com/7", "text": "Acknowledge"},
        {"type": "link", "href": "https://x.example.com/8", "text": "Alert"},
    ]
    assert [one.is_button for one in context_links(contexts)] == [True, True, False]


@pytest.mark.parametrize("field", ["logs", "runbook_url", "url", "errorChartUrl", "a.2.trace", ""])
@pytest.mark.parametrize(
    "url",
    [
        "https://logs.example.com/case/7",
        "HTTP://logs.example.com/a?case#7@x:1_~%20-/",
        "https://example.com/unsubscribe",
        "https://a.example.com/https://b.example.com/runbook",
        "https://wiki.example.com/logo.png",
    ],
)
def test_an_address_alone_is_called_as_it_is_between_angle_brackets(field: str, url: str) -> None:
    assert list(links_in({field: url})) == list(links_in({field: f"<{url}>"}))
