"""What the front matter says, and how its values change."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from worker.document.front_matter import DocumentError, FrontMatter, new, read, set_values
from worker.document.text_edits import SourceText


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nincident: Q1\nurl: https://x.example.com/Q1\nstatus: in review\n---\n# T", ("Q1", "https://x.example.com/Q1", "in review")),
        ("---\r\nstatus: 'Final'  # at last\r\nIncident:   \"Q1\"\r\n---\r\n", ("Q1", "", "Final")),
        ("\ufeff---\nincident: Q1\n...\n", ("Q1", "", "")),
        ("---  \nincident: 0123\nurl: >-\n  https://x.example.com\nstatus:\n---\n", ("0123", "https://x.example.com", "")),
        ("---\n{incident: Q1, status: draft}\n---\n", ("Q1", "", "draft")),
        ("---\n---\n", ("", "", "")),
        ("---\nincident: \u201cQ1\u201d\n---\n", ("Q1", "", "")),
        ("---\nincident: '[[Q1]]'\n---\n", ("Q1", "", "")),
        ("---\nincident: https://x.pagerduty.com/incidents/Q1?utm=x\n---\n", ("Q1", "", "")),
        ("---\nincident: '[Q1](https://x.pagerduty.com/incidents/Q1)'\n---\n", ("Q1", "", "")),
        ("---\n# only a comment\n---\n", ("", "", "")),
    ],
)  # fmt: skip
def test_people_may_write_it_in_their_own_way(text: str, expected: tuple[str, str, str]) -> None:
    found = read(text)
    assert found is not None
    assert (found.incident, found.url, found.status) == expected


def test_keys_of_people_are_kept_apart() -> None:
    found = read("---\nincident: Q1\ntags: [a, b]\nReviewer: Ann\n---\n")
    assert found == FrontMatter("Q1", "", "", {"tags": ["a", "b"], "Reviewer": "Ann"})


@pytest.mark.parametrize(
    "text", ["", "# T\n", "\n---\nincident: Q1\n---\n", "----\nincident: Q1\n----\n", "text\n---\n"]
)
def test_other_documents_have_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("---\nincident: Q1\n", "has no end"),
        ("---\nincident: [Q1\n---\n", "not valid YAML on line 3"),
        ("---\nurl: https://x: y: z\n---\n", "not valid YAML on line 2"),
        ("---\n- Q1\n---\n", "holds no keys"),
        ("---\nincident: Q1\nincident: Q2\n---\n", "says 'incident' twice"),
        ("---\nincident: [Q1]\n---\n", "a list or more under 'incident'"),
        ("---\na: &x Q1\nincident: *x\n---\n", "gives 'incident' as a reference"),
        ("---\nincident: Q\x07\n---\n", "unreadable characters"),
        ("---\na: " + "[" * 5000 + "\n---\n", "nests too deeply"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(
        DocumentError, match=r"^The front matter at the top of the document"
    ) as error:
        read(text)
    assert sentence in str(error.value)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_value_can_be_written_and_read(value: str) -> None:
    text = new({"incident": "Q1", "status": value})
    assert yaml.safe_load(text.split("---\n")[1])["status"] == value
    found = read(text + "# T\n")
    assert found is not None
    assert found.status == value.strip()
    assert found.incident == "Q1"


@pytest.mark.parametrize(
    "value", ["yes", "null", "1e3", "2026-11-02", "a: b", "a #b", "'", "- a", ""]
)
def test_a_value_stays_text_for_every_yaml_reader(value: str) -> None:
    assert yaml.safe_load(new({"url": value}).split("---\n")[1]) == {"url": value}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\nurl: old  # why\nincident: Q1\n---\nurl: old\n", "---\nurl: new  # why\nincident: Q1\n---\nurl: old\n"),
        ("---\r\nURL: 'old'\r\n---\r\n", "---\r\nURL: new\r\n---\r\n"),
        ("---\nurl:\nincident: Q1\n---\n", "---\nurl: new\nincident: Q1\n---\n"),
        ("---\nincident: Q1\n---\n# T", "---\nincident: Q1\nurl: new\n---\n# T"),
        ("\ufeff---\n---\n", "\ufeff---\nurl: new\n---\n"),
        ("---\nurl: new\n---\n", "---\nurl: new\n---\n"),
        ("# T\n", "# T\n"),
    ],
)  # fmt: skip
def test_a_value_changes_in_its_place(before: str, after: str) -> None:
    assert SourceText.of(before).apply(set_values(before, {"url": "new"})) == after
