"""What Jira says of a create, and of what was wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.jira.responses import JiraProblems, problems
from connectors.jira.writing.creating import Made, NotMade, bulk_results


def made(number: int) -> dict[str, Any]:
    return {"id": str(10_000 + number), "key": f"OPS-{number}", "self": "https://example.com"}


def failed(number: int, status: Any = 400) -> dict[str, Any]:
    errors = {"errorMessages": [], "errors": {"priority": f"wrong in {number}"}}
    return {"status": status, "elementErrors": errors, "failedElementNumber": number}


def test_results_stand_where_their_tickets_stood() -> None:
    answer = {"issues": [made(0), made(2), made(4)], "errors": [failed(3), failed(1)]}
    results = bulk_results(answer, 5)
    assert [each.key if isinstance(each, Made) else None for each in results] == [
        "OPS-0",
        None,
        "OPS-2",
        None,
        "OPS-4",
    ]
    assert results[1] == NotMade(400, JiraProblems((), {"priority": "wrong in 1"}))


@given(st.lists(st.booleans(), max_size=60))
def test_any_mixture_is_aligned(succeeded: list[bool]) -> None:
    answer = {
        "issues": [made(number) for number, fine in enumerate(succeeded) if fine],
        "errors": [failed(number) for number, fine in enumerate(succeeded) if not fine],
    }
    results = bulk_results(answer, len(succeeded))
    for number, (fine, result) in enumerate(zip(succeeded, results, strict=True)):
        if fine:
            assert isinstance(result, Made)
            assert result.key == f"OPS-{number}"
        else:
            assert isinstance(result, NotMade)
            assert result.problems.fields == {"priority": f"wrong in {number}"}


@pytest.mark.parametrize(
    "answer",
    [
        {"issues": [made(0)], "errors": []},
        {"issues": [made(0), made(1), made(2)], "errors": []},
        {"issues": [made(0)], "errors": [failed(1), failed(1)]},
        {"issues": [made(0)], "errors": [failed(2)]},
        {"issues": [made(0)], "errors": [failed(-1)]},
        {"issues": [made(0)], "errors": [{"status": 400}]},
        {"issues": [made(0), {"key": "OPS-2"}], "errors": []},
        {"errorMessages": ["whole request refused"], "errors": {}},
        {},
        None,
        [],
        "<html>",
    ],
)
def test_what_does_not_add_up_is_an_error(answer: Any) -> None:
    with pytest.raises(PayloadError):
        bulk_results(answer, 2)


def test_a_failed_member_without_a_status_is_a_bad_request() -> None:
    results = bulk_results({"issues": [], "errors": [failed(0, None)]}, 1)
    assert results == (NotMade(400, JiraProblems((), {"priority": "wrong in 0"})),)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errorMessages": ["Not\n there."], "errors": {}}, "Not there."),
        ({"errorMessages": [], "errors": {"a": "no", "b": "nor"}}, "a: no b: nor"),
        ({"errorMessages": "alone"}, "alone"),
        ({"message": "Unauthorized", "code": 401}, "Unauthorized"),
        ({"errorMessage": "Site temporarily unavailable"}, "Site temporarily unavailable"),
        ({"errors": [{"message": "list"}, "too", 3]}, "list too"),
        ({"errorMessages": [None, 3, " "]}, ""),
        ({}, ""),
        (None, ""),
        ("<html>down</html>", ""),
        ([1], ""),
    ],
)
def test_any_error_body_can_be_read(body: Any, said: str) -> None:
    assert problems(body).sentence() == said
