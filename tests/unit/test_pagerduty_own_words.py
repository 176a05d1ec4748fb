"""Unit tests: what an alert says besides its summary is found, whichever monitor sent it."""

import json

import pytest

from connectors.json_fields import JsonValue
from connectors.pagerduty import payloads
from connectors.pagerduty.common_payloads import PAGERDUTY, flat
from connectors.pagerduty.senders.own_words import own_words

SUMMARY = "Pay is slow"


def words_of(details: object, summary: str) -> str:
    return own_words(details, flat(details), summary)


CLOUD_ALARM = {
    "AlarmName": "pay-slow",
    "AlarmDescription": "Payments take long.\nRunbook: https://wiki.example.com/pay",
    "AWSAccountId": "000000000000",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint [7.2 (01/02/26 09:00:00)] was over 5.0.",
    "StateChangeTime": "2026-02-01T09:00:00.000+0000",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:pay-slow",
    "Trigger": {"Dimensions": [{"value": "i-0a", "name": "InstanceId"}], "Period": 60},
}
TWO_FIRING = """Labels:
 - alertname = Lag
Annotations:
 - description = Lag of a is 40 s.
 - summary = Lag
Source: https://charts.example.com/1
Labels:
 - alertname = Lag
Annotations:
 - description = Lag of b is 50 s.
Source: https://charts.example.com/2
"""
WATCHED = """%%%
**CPU** of `web` is at 97 %. @pagerduty-Pay

[![Metric Graph](https://snap.example.com/1.png)](https://watch.example.com/7)

- - -

[[Monitor Status](https://watch.example.com/7)] · [[Edit](https://watch.example.com/7/edit)]
%%%"""


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (CLOUD_ALARM, ["Payments take long.", CLOUD_ALARM["NewStateReason"]]),
        (json.dumps({"Type": "Notification", "Message": json.dumps(CLOUD_ALARM)}), [
            "Payments take long.", CLOUD_ALARM["NewStateReason"],
        ]),
        ({"firing": TWO_FIRING, "num_firing": "2", "resolved": ""}, [
            "Lag of a is 40 s.", "Lag of b is 50 s.",
        ]),
        ({"body": WATCHED, "priority": "normal", "tags": "env:prod, team:pay and some more"}, [
            "CPU of web is at 97 %.",
        ]),
        ({"data": {"essentials": {"description": "Machines are busy.", "severity": "Sev1"},
          "alertContext": {"allOf": [{"metricName": "CPU", "metricValue": 91.3}]}}}, [
            "Machines are busy.", "- metric value: 91.3",
        ]),
        ({"SERVICEOUTPUT": "DISK CRITICAL - free: /data 512 MB", "SERVICEPERFDATA": "a=1;2;3"}, [
            "DISK CRITICAL - free: /data 512 MB",
        ]),
        ({"pool": "500/500", "waiters": 131, "event_id": "a81f00aa", "at": "2026-02-01T09:00:00Z"}, [
            "pool: 500/500; waiters: 131",
        ]),
        ({"tags": [{"key": "browser", "value": "Fox 9"}, {"key": "level", "value": "error"}]}, [
            "browser: Fox 9; level: error",
        ]),
        ({"description": "Over the limit", "threshold": "> 10", "result": 12.5}, [
            "Over the limit", "- threshold: > 10; result: 12.5",
        ]),
        ({"text": "<p>Shops cannot <b>sell</b>.</p><p>About 40 calls.</p>"}, [
            "Shops cannot sell.", "About 40 calls.",
        ]),
        ({"message": "Boom: pool is empty\n\tat a.B.take(B.java:1)\n\tat a.B.run(B.java:2)"}, [
            "Boom: pool is empty",
        ]),
        ("Queue has 52,310 messages.\nDashboard: https://charts.example.com/q", [
            "Queue has 52,310 messages.",
        ]),
        ({"message": "The index is 312 s behind. Query: https://charts.example.com/q?x=1"}, [
            "The index is 312 s behind.",
        ]),
        ({"message": "Drain it, see <https://wiki.example.com/d|how> or https://wiki.example.com"}, [
            "Drain it, see how or (link)",
        ]),
        ({"firing": "Labels:\n - alertname = Fire\n - pod = p-7\nAnnotations:\nSource: https://a.example\n"}, [
            "alertname: Fire; pod: p-7",
        ]),
        ({"text": f"<html><style>{'p{color:red} ' * 900}</style><p>Shops cannot sell.</p></html>"}, [
            "Shops cannot sell.",
        ]),
        ({"メッセージ": "ディスクの空き容量が不足しています。至急対応してください。"}, [
            "ディスクの空き容量が不足しています。至急対応してください。",
        ]),
        ({"description": "磁盘空间不足请尽快处理"}, ["磁盘空间不足请尽快处理"]),
        ({"traceback": 'Traceback (most recent call last):\n  File "/a.py", line 3, in pay\n'
          "    raise Late(30)\nLate: it took 30 s"}, ["Late: it took 30 s"]),
        ({"stack": "Error: no price\n    at render (app/cart.js:1:2)\n    at async go (a.js:3:4)"}, [
            "Error: no price",
        ]),
        ({"html": "<table><tr><th>Host</th><td>db-1</td></tr><tr><th>Errors</th><td>41</td></tr></table>"}, [
            "Host: db-1", "Errors: 41",
        ]),
        ({"ERROR_MESSAGE": "Value abc is refused", "QUERY_TEXT": "insert into x select a from b"}, [
            "Value abc is refused",
        ]),
        ({"Current value": {"number": 1211.4, "units": "RAW"}, "metricsAtStart": "HTTP 503"}, [
            "current value: 1211.4; units: RAW; metrics at start: HTTP 503",
        ]),
        ({"Beschreibung": "Das Dateisystem ist zu 97 % voll."}, [
            "Das Dateisystem ist zu 97 % voll.",
        ]),
    ],
)  # fmt: skip
def test_the_sentences_of_a_monitor_are_found_else_its_figures(
    details: object, words: list[str]
) -> None:
    assert words_of(details, SUMMARY).splitlines() == words


@pytest.mark.parametrize(
    "details",
    [
        None,
        {},
        [],
        "",
        "Pay is slow.",
        {"description": "No description"},
        {"summary": SUMMARY, "title": "pay is slow", "message": "Pay is slow!"},
        {
            "query": "avg by (host) of the last five minutes > 90",
            "id": "7",
            "url": "https://a.example",
        },
        {"link": "Dashboard: https://charts.example.com/q"},
    ],
)
def test_what_the_summary_says_and_what_only_programs_read_is_left_out(details: object) -> None:
    assert words_of(details, SUMMARY) == ""


def test_of_many_alerts_in_one_the_first_are_told_and_the_others_counted() -> None:
    one = (
        "Labels:\nAnnotations:\n - description = Lag of {n} is {n} s.\nSource: https://a.example\n"
    )
    firing = "".join(one.format(n=number) for number in range(60))
    assert words_of({"firing": firing}, SUMMARY).splitlines()[2:] == [
        "Lag of 2 is 2 s.",
        "And 57 more, in the alert",
    ]


def test_a_further_figure_is_new_however_alike_the_words_are() -> None:
    told = words_of({"message": "Queue orders of the shop is much too long: 52310"}, "Queue orders "
                     "of the shop is much too long")  # fmt: skip
    assert told == "Queue orders of the shop is much too long: 52310"


def test_what_is_told_twice_stands_there_once() -> None:
    told = {
        "DetailsText": "Failure rate rose to 23 % on checkout",
        "DetailsMarkup": "<h2>Failure rate</h2>rose to <b>23 %</b> on checkout",
    }
    assert words_of(told, SUMMARY) == "Failure rate rose to 23 % on checkout"


@pytest.mark.parametrize(
    ("common", "words"),
    [
        ({"source_origin": "db-3.example", "source_component": "postgres"},
         "source: db-3.example; component: postgres"),
        ({"source_origin": "Lookout", "client": "lookout"}, ""),
        ({"source_origin": "arn:aws:x:1", "source_component": "pay"}, ""),
        ({"source_origin": "https://a.example"}, ""),
        ({"source_origin": 7, "source_component": ["web", "pay gate"]},
         "source: 7; component: web, pay gate"),
        ({"source_origin": "db-3", "details": {"message": "The pool is empty."}},
         "The pool is empty.\n- source: db-3"),
        ({"source_origin": "db-3", "details": {"message": "The pool of db-3 is empty."}},
         "The pool of db-3 is empty."),
    ],
)  # fmt: skip
def test_where_it_happened_is_told_where_nothing_else_tells_it(
    common: dict[str, object], words: str
) -> None:
    body = {"cef_details": common}
    wire = {"id": "A1", "summary": SUMMARY, "created_at": "2026-02-01T09:00:00Z", "body": body}
    assert payloads.alert(JsonValue(wire, PAGERDUTY)).words == words


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("Disk full on db-30", "source: db-3"),
        ("Disk full on hdb-3", "source: db-3"),
        ("Disk full on DB-3.", ""),
        ("db-3: Disk full", ""),
        ("ディスクdb-3が満杯", ""),
    ],
)
def test_a_place_is_not_told_by_the_name_of_a_longer_one(summary: str, words: str) -> None:
    body = {"cef_details": {"source_origin": "db-3"}}
    wire = {"id": "A1", "summary": summary, "created_at": "2026-02-01T09:00:00Z", "body": body}
    assert payloads.alert(JsonValue(wire, PAGERDUTY)).words == words


@pytest.mark.parametrize("key", ["details", "cef_details"])
def test_an_alert_has_them_wherever_pagerduty_puts_its_details(key: str) -> None:
    sent = {"description": "Pay takes 7 s."}
    body = {key: sent if key == "details" else {"details": sent}}
    wire = {"id": "A1", "summary": SUMMARY, "created_at": "2026-02-01T09:00:00Z", "body": body}
    assert payloads.alert(JsonValue(wire, PAGERDUTY)).words == "Pay takes 7 s."


@pytest.mark.parametrize(
    "piece", ["(", "[a](", "- a = ", "@a.b ", "![", "<http://a", "Annotations:\n", "at a("]
)
def test_no_text_of_a_monitor_is_too_long_to_read(piece: str) -> None:
    long = f"Pay takes 7 s.\n{piece * 30_000}"
    assert words_of({"message": long}, SUMMARY).startswith("Pay takes 7 s.")


def test_labels_that_are_told_by_key_and_value_go_by_their_keys() -> None:
    labels = [{"key": "host", "value": "db-1"}, {"name": "free", "value": "2 %"}]
    assert words_of({"labels": labels}, SUMMARY) == "host: db-1; free: 2 %"
    assert words_of({"deep": {"labels": labels}}, SUMMARY) == "host: db-1; free: 2 %"
    assert words_of(labels, SUMMARY) == "host: db-1; free: 2 %"
