"""What the preflight finds in PagerDuty: the key, what it may read, the webhook subscription."""

import socket
from collections.abc import Callable, Iterator

import pytest

from connectors.connector import EVERY_INCIDENT, IncidentFilter
from connectors.errors import Finding
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.reading.subscriptions import ExpectedWebhook
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.pagerduty.webhook import WANTED_EVENTS
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault

HOOK = "https://postmortems.example.com/webhooks/pagerduty"
Check = Callable[..., list[Finding]]


@pytest.fixture
def sandbox() -> Iterator[PagerDutySandbox]:
    with PagerDutySandbox() as server:
        scenarios.load(server.account)
        yield server


@pytest.fixture
def check(sandbox: PagerDutySandbox) -> Check:
    def run(
        key: str = sandbox.api_key,
        hook: str | None = None,
        url: str = "",
        *,
        signed: bool | None = None,
        wanted: IncidentFilter = EVERY_INCIDENT,
    ) -> list[Finding]:
        policy = RetryPolicy(attempts=1)
        expected = ExpectedWebhook(hook, bool(hook) if signed is None else signed)
        client = PagerDuty(key, url or sandbox.url, policy=policy, webhook=expected)
        try:
            return list(client.check(wanted))
        finally:
            client.close()

    return run


def problems(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.problem]


def test_a_good_key_has_no_problems_and_says_what_it_may_read(check: Check) -> None:
    findings = check()
    assert problems(findings) == []
    assert [one.subject for one in findings[1:]] == [
        "PagerDuty's log entries",
        "PagerDuty's alerts",
        "PagerDuty's notes",
        "PagerDuty's change events",
        "PagerDuty's business services",
        "PagerDuty's subscribers",
    ]


def test_a_wrong_key_is_the_only_finding_and_speaks_of_the_region(check: Check) -> None:
    (finding,) = check("wrong")
    assert "with 401" in finding.problem
    assert "https://api.eu.pagerduty.com" in finding.remedy


def test_an_unreachable_site_is_a_finding_and_no_exception(check: Check) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    (finding,) = check(url=f"http://127.0.0.1:{port}")
    assert "could not be reached" in finding.problem


def test_an_answer_of_another_shape_is_a_finding(sandbox: PagerDutySandbox, check: Check) -> None:
    sandbox.fault(Fault("/incidents$", body=b'{"incidents": 7}'))
    (finding,) = check()
    assert "the number 7 as incidents" in finding.problem


def test_a_part_that_the_key_may_not_read_is_a_problem(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.withhold("status_updates/subscribers", 403)
    (finding,) = problems(check())
    assert finding.subject == "PagerDuty's subscribers"
    assert finding.remedy == "Use a key that may read this."


@pytest.mark.parametrize("status", [402, 404])
def test_a_part_that_the_account_does_not_have_is_no_problem_but_said(
    sandbox: PagerDutySandbox, check: Check, status: int
) -> None:
    sandbox.withhold("related_change_events", status)
    findings = check()
    assert problems(findings) == []
    (finding,) = [one for one in findings if one.subject == "PagerDuty's change events"]
    assert finding.detail.startswith("not to be had, so drafts go without: PagerDuty answered")


def test_a_part_that_fails_is_a_problem_and_the_others_are_still_tried(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.fault(Fault(r".*/alerts", 500))
    findings = check()
    assert [one.subject for one in problems(findings)] == ["PagerDuty's alerts"]
    assert len(findings) == 7


def test_an_account_without_resolved_incidents_is_said_to_be_untried(check: Check) -> None:
    with PagerDutySandbox() as empty:
        findings = check(url=empty.url)
    assert problems(findings) == []
    assert findings[1].detail == "no resolved incident to try them on"


def hook_finding(findings: list[Finding]) -> Finding:
    (finding,) = [one for one in findings if "webhook" in one.subject]
    return finding


def test_without_an_address_and_a_secret_no_subscription_is_looked_for(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    check()
    assert "GET /webhook_subscriptions" not in sandbox.calls()


def test_a_subscription_with_every_event_is_well(sandbox: PagerDutySandbox, check: Check) -> None:
    sandbox.account.subscribe("https://elsewhere.example.com/", WANTED_EVENTS)
    ours = sandbox.account.subscribe(f"{HOOK}/", (*WANTED_EVENTS, "incident.triggered"))
    finding = hook_finding(check(hook=HOOK))
    assert (finding.problem, finding.detail) == ("", f"subscription {ours['id']}")


def test_no_subscription_for_the_address_is_a_problem_that_lists_the_events(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.account.subscribe("https://elsewhere.example.com/", WANTED_EVENTS)
    finding = hook_finding(check(hook=HOOK))
    assert "no webhook subscription sends there" in finding.problem
    assert all(name in finding.remedy for name in WANTED_EVENTS)


def test_a_disabled_subscription_is_a_problem_with_the_way_back(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    ours = sandbox.account.subscribe(HOOK, WANTED_EVENTS, disabled=True)
    finding = hook_finding(check(hook=HOOK))
    assert "disabled the subscription" in finding.problem
    assert f"/webhook_subscriptions/{ours['id']}/enable" in finding.remedy


def test_a_subscription_that_is_switched_off_is_a_problem(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.account.subscribe(HOOK, WANTED_EVENTS, active=False)
    assert "switched off" in hook_finding(check(hook=HOOK)).problem


def test_a_subscription_without_the_needed_events_is_a_problem_that_names_them(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.account.subscribe(HOOK, ("incident.resolved", "incident.triggered"))
    finding = hook_finding(check(hook=HOOK))
    assert finding.problem.endswith("does not send incident.annotated, incident.reopened.")
    assert "incident.status_update_published" in finding.remedy


def test_a_subscription_without_the_other_events_is_well_and_says_so(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.account.subscribe(
        HOOK, ("incident.resolved", "incident.annotated", "incident.reopened")
    )
    finding = hook_finding(check(hook=HOOK))
    assert finding.problem == ""
    assert "does not send incident.action_invocation.created" in finding.detail


def test_a_subscription_beyond_the_first_page_is_found(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    for number in range(130):
        sandbox.account.subscribe(f"https://elsewhere.example.com/{number}", WANTED_EVENTS)
    sandbox.account.subscribe(HOOK, WANTED_EVENTS)
    assert hook_finding(check(hook=HOOK)).problem == ""


@pytest.mark.parametrize("status", [403, 500])
def test_subscriptions_that_cannot_be_listed_are_a_problem(
    sandbox: PagerDutySandbox, check: Check, status: int
) -> None:
    sandbox.fault(Fault("/webhook_subscriptions", status))
    assert f"with {status}" in hook_finding(check(hook=HOOK)).problem


def test_a_check_only_reads(sandbox: PagerDutySandbox, check: Check) -> None:
    check(hook=HOOK)
    assert {served.method for served in sandbox.served} == {"GET"}


OLD = "https://old.example.com/webhooks/pagerduty"
BEFORE = f"{HOOK.rpartition('/')[0]}/pd"
SEARCH = {"id": "PSEARCH", "type": "service_reference", "summary": "Search"}
UNFILTERED = "A filter lets through no other"


def test_a_subscription_without_our_secret_is_a_problem(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    ours = sandbox.account.subscribe(HOOK, WANTED_EVENTS)
    (finding,) = problems(check(hook=HOOK, signed=False))
    assert finding.problem == (
        f"PAGERDUTY_WEBHOOK_SECRET is not set, so whatever the subscription {ours['id']} sends is "
        "refused."
    )
    assert "make a new subscription" in finding.remedy


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example.com/hook", ""])
def test_a_secret_without_its_subscription_is_a_problem_also_without_our_address(
    sandbox: PagerDutySandbox, check: Check, elsewhere: str
) -> None:
    if elsewhere:
        sandbox.account.subscribe(elsewhere, WANTED_EVENTS)
    (finding,) = problems(check(signed=True))
    assert finding.problem.startswith("PAGERDUTY_WEBHOOK_SECRET is set, but no webhook")


def test_without_our_address_a_subscription_is_known_by_its_end(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    ours = sandbox.account.subscribe(OLD, WANTED_EVENTS)
    findings = check(signed=True)
    assert problems(findings) == []
    assert hook_finding(findings).detail == f"subscription {ours['id']}"


@pytest.mark.parametrize("near", [OLD, BEFORE], ids=["another host", "another path"])
def test_a_subscription_that_sends_beside_us_is_named(
    sandbox: PagerDutySandbox, check: Check, near: str
) -> None:
    sandbox.account.subscribe(near, WANTED_EVENTS)
    (finding,) = problems(check(hook=HOOK))
    assert near in finding.remedy


@pytest.mark.parametrize(
    ("filters", "wanted", "told"),
    [
        (["a service"], EVERY_INCIDENT, "the service 'Checkout API'"),
        (["a service no one sees"], EVERY_INCIDENT, "the service 'PSEARCH'"),
        (["a team"], EVERY_INCIDENT, "the team 'Payments'"),
        (["a service", "a team"], EVERY_INCIDENT, "the team 'Payments'"),
        (["a service"], IncidentFilter(services=frozenset({"Search"})), "Checkout API"),
        (["a service"], IncidentFilter(teams=frozenset({"Payments"})), "Checkout API"),
        (["a service"], IncidentFilter(services=frozenset({"Checkout API"})), ""),
        (["a team"], IncidentFilter(teams=frozenset({"Payments"})), ""),
        (["a service", "nothing"], EVERY_INCIDENT, ""),
    ],
)
def test_a_filter_is_a_problem_where_it_keeps_back_what_gets_drafts(
    sandbox: PagerDutySandbox,
    check: Check,
    filters: list[str],
    wanted: IncidentFilter,
    told: str,
) -> None:
    incident = next(one for one in sandbox.account.incidents.values() if one.teams)
    names = {incident.service["id"]: "Checkout API", incident.teams[0]["id"]: "Payments"}
    for each in sandbox.account.incidents.values():  # their own values are the whole process's
        each.service, *each.teams = [
            {**one, "summary": names.get(one["id"], one["summary"])}
            for one in (each.service, *each.teams)
        ]
    filtered = {
        "a service": incident.service | {"type": "service_reference"},
        "a service no one sees": SEARCH,
        "a team": incident.teams[0] | {"type": "team_reference"},
        "nothing": None,
    }
    for one in filters:
        sandbox.account.subscribe(HOOK, WANTED_EVENTS, only=filtered[one])
    found = problems(check(hook=HOOK, wanted=wanted))
    assert [told in one.problem and one.problem.startswith(UNFILTERED) for one in found] == (
        [True] if told else []
    )


def test_a_filtered_subscription_does_not_count_for_one_that_is_switched_off(
    sandbox: PagerDutySandbox, check: Check
) -> None:
    sandbox.account.subscribe(HOOK, WANTED_EVENTS, active=False)
    sandbox.account.subscribe(HOOK, WANTED_EVENTS, only=SEARCH)
    told = [one.problem for one in problems(check(hook=HOOK))]
    assert len(told) == 2
    assert "switched off" in told[0]
    assert told[1].startswith(UNFILTERED)
