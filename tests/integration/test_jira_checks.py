"""What 'postmortem check' says of a Jira project."""

from collections.abc import Iterator

import pytest

from connectors.errors import Finding, NotFound
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox, ProjectField
from connectors.jira.sandbox.projects import SYSTEM_FIELDS, Project
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault
from tests.contract.jira_support import tracker


@pytest.fixture(params=list(SiteKind), ids=lambda kind: kind.name.lower())
def sandbox(request: pytest.FixtureRequest) -> Iterator[JiraSandbox]:
    with JiraSandbox(request.param) as running:
        yield running


def project(sandbox: JiraSandbox) -> Project:
    return sandbox.site.projects[0]


def problems(findings: list[Finding]) -> list[str]:
    return [finding.problem for finding in findings if finding.problem]


def check(sandbox: JiraSandbox, **options: object) -> list[Finding]:
    return list(tracker(sandbox).check("OPS", "Task", **options))  # type: ignore[arg-type]  # by name


def test_a_project_that_is_ready_is_described(sandbox: JiraSandbox) -> None:
    findings = check(sandbox)
    assert problems(findings) == []
    details = {finding.subject: finding.detail for finding in findings}
    assert details["Jira at 127.0.0.1"].endswith("as Postmortem Robot")
    assert details["Jira project OPS"] == "Operations"
    assert details["Priorities in OPS"] == "Highest, High, Medium, Low, Lowest"
    assert details["Permissions in OPS"] == "all that are needed"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "{}"), (200, "null"), (200, "5"), (200, "[]"), (200, '"x"'), (204, ""), (301, "")],
)
def test_an_answer_that_is_no_project_is_a_problem_and_no_fault(
    sandbox: JiraSandbox, status: int, body: str
) -> None:
    headers = {"content-type": "application/json"}
    sandbox.fault(Fault("GET .*/project/OPS", status, body=body.encode(), headers=headers))
    findings = check(sandbox)
    (problem,) = problems(findings)
    assert "Jira" in problem or "127.0.0.1" in problem


def test_a_required_field_that_nothing_supplies_is_named(sandbox: JiraSandbox) -> None:
    project(sandbox).custom = (
        ProjectField("customfield_7", "Team", required=True),
        ProjectField("customfield_8", "Region", required=True, default=True),
        ProjectField("customfield_9", "Note"),
    )
    assert problems(check(sandbox)) == [
        "A ticket needs 'Team' (customfield_7), which nothing supplies."
    ]
    assert problems(check(sandbox, supplied=["customfield_7"])) == []


def test_a_project_without_labels_on_its_screen_is_a_problem(sandbox: JiraSandbox) -> None:
    project(sandbox).screen = frozenset(SYSTEM_FIELDS) - {"labels", "priority"}
    findings = check(sandbox)
    assert len(problems(findings)) == 1
    assert "Labels in OPS" in {finding.subject for finding in findings if finding.problem}


@pytest.mark.parametrize(
    "key", ["EDIT_ISSUES", "ASSIGN_ISSUES", "TRANSITION_ISSUES", "LINK_ISSUES"]
)
def test_a_permission_that_is_lacking_is_named(sandbox: JiraSandbox, key: str) -> None:
    project(sandbox).lacking.add(key)
    (problem,) = problems(check(sandbox))
    assert problem.startswith("Postmortem Robot may not ")
    assert key in problem


def test_all_problems_come_at_once(sandbox: JiraSandbox) -> None:
    project(sandbox).lacking.add("CREATE_ISSUES")
    found = problems(check(sandbox))
    assert len(found) == 2
    assert "no project OPS" in found[0]
    assert "CREATE_ISSUES" in found[1]


def test_an_unknown_issue_type_is_told_with_those_there_are(sandbox: JiraSandbox) -> None:
    findings = tracker(sandbox).check("OPS", "Epic")
    (finding,) = [one for one in findings if one.problem]
    assert finding.problem == (
        "Jira project OPS has no issue type 'Epic'; it has Task, Bug, Story."
    )
    assert finding.remedy == "Set JIRA_ISSUE_TYPE (or the route's issue_type) to one of these."


def test_an_archived_project_is_a_problem(sandbox: JiraSandbox) -> None:
    project(sandbox).archived = True
    assert problems(check(sandbox)) == ["The project is archived, so nothing can be created in it."]


def test_wrong_credentials_are_the_only_thing_told(sandbox: JiraSandbox) -> None:
    sandbox.tokens.clear()
    (finding,) = check(sandbox)
    assert finding.problem.startswith("Jira does not accept the credentials")
    assert "JIRA_API_TOKEN" in finding.remedy


def test_a_site_that_is_not_there_is_told() -> None:
    jira = Jira("http://127.0.0.1:9", personal_token="x", policy=RetryPolicy(sleep=lambda _: None))
    (finding,) = jira.check("OPS", "Task")
    assert "refused the connection" in finding.problem


def test_types_and_fields_of_many_pages_are_read(sandbox: JiraSandbox) -> None:
    sandbox.site.page_limit = 2
    fields = tracker(sandbox).create_fields("OPS", "Story")
    assert fields.settable == frozenset(SYSTEM_FIELDS)


def test_what_a_create_takes_is_asked_for_once(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    for _ in range(3):
        jira.create_fields("OPS", "Task")
    assert len([call for call in sandbox.calls() if "createmeta" in call]) == 2


@pytest.mark.parametrize("name", ["OPS/../x", "NONE", "a b", "Ä"])
def test_a_project_name_cannot_lead_elsewhere(sandbox: JiraSandbox, name: str) -> None:
    with pytest.raises(NotFound):
        tracker(sandbox).create_fields(name, "Task")


def test_a_project_named_by_its_id_is_a_problem_that_names_its_key(sandbox: JiraSandbox) -> None:
    (told,) = problems(list(tracker(sandbox).check("10001", "Task")))
    assert "by its key, OPS" in told


def test_what_a_routes_fields_say_in_vain_is_told(sandbox: JiraSandbox) -> None:
    findings = check(sandbox, supplied=["labels", "summary", "priority"])
    assert problems(findings) == []
    told = {one.subject: one.remedy for one in findings if one.warning}
    assert told == {
        "Field 'labels' of a route to OPS": "Write them as the route's labels.",
        "Field 'summary' of a route to OPS": "Take it out.",
    }
