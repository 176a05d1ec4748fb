"""What the front matter says, and how its values change."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from worker.document.front_matter import (
    DocumentError,
    FrontMatter,
    FrontValue,
    former,
    new,
    read,
    set_values,
    value_of,
    values,
)
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
        ("---\t\nincident: Q1\n--- \t\n", ("Q1", "", "")),
        ("---\nincident:\u00a0Q1\n' Status ':\tx\n---\n", ("Q1", "", "x")),
        ("---\nincident: Q1\nstatus: ' in review '\n---\n", ("Q1", "", "in review")),
        ("---\nincident: https://x.pagerduty.com/incidents/Q1?back=/incidents/Q2\n---\n", ("Q1", "", "")),
        ("---\nincident: '[Q-1]'\n---\n", ("[Q-1]", "", "")),
        ("---\nincident: '( Q1\t)'\n---x: y\nstatus: draft\n---\n", ("Q1", "", "draft")),
        ("---\nnote: |\n  a\n  --- b\nstatus: draft\n---\n", ("", "", "draft")),
    ],
)  # fmt: skip
def test_people_may_write_it_in_their_own_way(text: str, expected: tuple[str, str, str]) -> None:
    found = read(text)
    assert found is not None
    assert (found.incident, found.url, found.status) == expected


@pytest.mark.parametrize("around", ' \t"`<>[](){}\u201c\u201d\u2018\u2019\u00ab\u00bb\u200b\u2060')
def test_what_an_editor_puts_around_an_id_is_no_part_of_it(around: str) -> None:
    found = read(f"---\nincident: '{around}Q1{around}'\n---\n")
    assert found is not None
    assert found.incident == "Q1"
    assert read("---\nincident: \"'Q1'\"\n---\n") == found


def test_keys_of_people_are_kept_apart() -> None:
    found = read("---\nIncident: Q1\nSTATUS: x\ntags: [a, b]\nReviewer: Ann\n---\n")
    assert found == FrontMatter("Q1", "", "x", {"tags": ["a", "b"], "Reviewer": "Ann"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# T\n",
        "\n---\nincident: Q1\n---\n",
        "----\nincident: Q1\n----\n",
        "text\n---\n",
        "---\nstatus: draft\n",
        "---\nthe incident: Q1\n",
        "---\nincident report\n",
        "---\nstatus: draft\n \t\nincident: Q1\n",
        "--- x\nincident: Q1\n---\n",
    ],
)
def test_other_documents_have_none(text: str) -> None:
    assert read(text) is None


MEND = "Mend it; a value with ':' or '#' in it needs quotes."
NO_END = "has no end. Put a line '---' below its last key."
TOO_LONG = "is too long, or nests too deeply. Keep what the document needs."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("---\nincident: Q1\n", NO_END),
        ("---\nstatus: draft\nIncident \t: Q1\n\n# T\n", NO_END),
        ("---\nincident: [Q1\n---\n", f"is not valid YAML on line 3: expected ',' or ']', but got '<stream end>'. {MEND}"),
        ("---\nurl: https://x: y: z\n---\n", f"is not valid YAML on line 2: mapping values are not allowed here. {MEND}"),
        ("---\n? [a]\n: b\n---\n", f"is not valid YAML on line 2: found unhashable key. {MEND}"),
        ("---\n- Q1\n---\n", "holds no keys. Write it as lines like 'incident: Q1ABCDEF2GHIJK'."),
        ("---\nincident: Q1\nincident: Q2\n---\n", "says 'incident' twice. Remove one of the two lines."),
        ("---\nincident: [Q1]\n---\n", "holds a list or more under 'incident'. Give it a single value."),
        ("---\na: &x Q1\nincident: *x\n---\n", "gives 'incident' as a reference. Write its value out."),
        ("---\nincident: Q\x07\n---\n", f"is not valid YAML: it nests too deeply or holds unreadable characters. {MEND}"),
        ("---\na:\n  " + "- " * 4000 + "x\n---\n", f"is not valid YAML: it nests too deeply or holds unreadable characters. {MEND}"),
        ("---\na: " + "[" * 5000 + "\n---\n", TOO_LONG),
        ("---\na: " + "[" * 101 + "{" * 100 + "\n---\n", TOO_LONG),
        ("---\n#" + "x" * 16383 + "\n---\n", TOO_LONG),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DocumentError) as error:
        read(text)
    assert str(error.value) == f"The front matter at the top of the document {sentence}"


def test_a_long_front_matter_is_read_however_many_brackets_follow_it() -> None:
    longest = "#" + "x" * 16370 + "\nincident: Q1\n"
    assert read(f"---\n{longest[:1] + longest[2:]}---\n{'[' * 500}") is not None
    assert len(longest) == 16385
    assert read(f"---\na: {'X' * 300}\n---\n") is not None
    assert read(f"---\na: '{'[' * 100}{'{' * 100}'\n---\n") is not None


@pytest.mark.parametrize(
    ("text", "incident"),
    [
        ("## incident: Q1 url: <https://x.example.com> status: draft\n", "Q1"),
        ("* * *\n\nincident: Q1\nstatus: draft\n\n# T\n", "Q1"),
        ("text\nincident: Q1\nstatus: draft\n", "Q1"),
        ('(Incident \t= "**Q1**"\nURL\t= x\n', "Q1"),
        ("status: draft\nincident:q1bC\n", "q1bC"),
        ("url : x, incident: '`<_Q1\n", "Q1"),
        ("incident:\tQ1, url:x\n", "Q1"),
        ("incident: Q1\n", ""),
        ("myincident: Q1\nstatus: draft\n", ""),
        ("an/incident: Q1\nstatus: draft\n", ""),
        ("incident: Q1\nmystatus: draft\n", ""),
        ("incident: Q1\nno-status: draft\n", ""),
        ("incident: Q1\nx/url: draft\n", ""),
        ("#\tT\nincident: Q1\nstatus: draft\n", ""),
        ("status: draft\n", ""),
        ("the-incident: Q1\nstatus: draft\n", ""),
        ("incident: Q1\nstatuses: 3\n", ""),
        ("# T\nincident: Q1\nstatus: draft\n", ""),
        ("incident: Q1\n# status: draft\n", ""),
        ("#hash\nincident: Q1\nstatus: draft\n", "Q1"),
        ("x" * 1990 + " incident: Q1234\nstatus: draft\n", ""),
    ],
)
def test_a_document_that_lost_its_front_matter_may_still_name_its_incident(
    text: str, incident: str
) -> None:
    assert former(text) == incident


def test_every_value_is_told_by_its_key_in_lower_case() -> None:
    text = (
        "---\n' Owner ': ' Ann '\nteams: [a, [b, {c: d}]]\nTAGS: x\ntags: y\n"
        "reviewers: &all [Bo, *all]\nothers: *all\nlead: {name: Ann}\n---\n"
    )
    assert values(text) == {
        "owner": ("Ann",),
        "teams": ("a", "b", "{…}"),
        "tags": ("y",),
        "reviewers": ("Bo", "{…}"),
        "others": ("{…}",),
        "lead": ("{…}",),
    }
    assert values("---\n{incident: Q1, status}\n---\n") == {"incident": ("Q1",), "status": ("",)}
    assert values("# T\n") is None


def test_services_and_teams_alone_are_lists() -> None:
    cells = ("a", "", "b")
    assert [value_of(key, cells) for key in ("services", "teams", "title")] == [
        ("a", "b"),
        ("a", "b"),
        "a  b",
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_value_can_be_written_and_read(value: str) -> None:
    text = new({"incident": "Q1", "status": value})
    assert yaml.safe_load(text.split("---\n")[1])["status"] == value
    found = read(text + "# T\n")
    assert found is not None
    assert found.status == value.strip()
    assert found.incident == "Q1"


@pytest.mark.parametrize(
    "value",
    ["yes", "No", "TRUE", "false", "on", "Off", "null", "y", "N", "1e3", "2026-11-02", "a: b", "a #b",
     "'", "- a", "", "a ", "http://", "https://x.example.com/a#b", "https://x.example.com/:"],
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"number": "4711"}, "number: 4711"),
        ({"number": "4711 b"}, 'number: "4711 b"'),
        ({"number": "1" * 19}, f'number: "{"1" * 19}"'),
        ({"started": "2026-11-17T10:00:00+01:00"}, "started: 2026-11-17T10:00:00+01:00"),
        ({"ended": "2026-11-17T10:00:00+01:00"}, "ended: 2026-11-17T10:00:00+01:00"),
        ({"ended": "2026-11-17T10:00:00+01:00."}, 'ended: "2026-11-17T10:00:00+01:00."'),
        ({"title": "2026"}, 'title: "2026"'),
        ({"teams": ("a b", "c, d", "https://x.example.com/a,b")}, 'teams: [a b, "c, d", "https://x.example.com/a,b"]'),
        ({"url": "https://x.example.com/a,b"}, "url: https://x.example.com/a,b"),
        ({"teams": ()}, "teams: []"),
        ({"owner": "y"}, 'owner: "y"'),
        ({"owner": "N"}, 'owner: "N"'),
        ({"owner": "a.b/c-d_e f.g/h-i 1"}, "owner: a.b/c-d_e f.g/h-i 1"),
        ({"url": "http://a.b/?c=d&e%f~g+h@i:j;k,l!m$n(o)*p-q_r/"}, "url: http://a.b/?c=d&e%f~g+h@i:j;k,l!m$n(o)*p-q_r/"),
        ({"title": 'a "b" \\ \u2028 \U0001f692'}, 'title: "a \\"b\\" \\\\ \\U00002028 \U0001f692"'),
    ],
)  # fmt: skip
def test_values_are_written_as_plainly_as_each_reader_takes_them(
    value: dict[str, FrontValue], written: str
) -> None:
    assert new(value) == f"---\n{written}\n---\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("owner: >-\n  Ann\n  and Bo\nstatus: x\n", "owner: Cy\nstatus: x\n"),
        ("owner: |\n  Ann\n\n# who\nstatus: x\n", "owner: Cy\n\n# who\nstatus: x\n"),
        ("owner: | # who\n  Ann\nstatus: x\n", "owner: # who\n  Cy\nstatus: x\n"),
        ("owner:\n  name: Ann\n  mail: a\n# x\nstatus: x\n", "owner:\n  Cy\n# x\nstatus: x\n"),
        ("owner:\n  - Ann\n  -\nstatus: x\n", "owner:\n  Cy\nstatus: x\n"),
        ("owner:\n- Ann\n- Bo\nstatus: x\n", "owner:\n Cy\nstatus: x\n"),
        ("owner:\n- name: Ann\n  mail: # none\nstatus: x\n", "owner:\n Cy # none\nstatus: x\n"),
        ("owner:\n  - Ann # main\n  # other\n  - Bo # too\nstatus: x\n", "owner:\n  # main\n  # other\n  Cy # too\nstatus: x\n"),
        ("owner:\n- Ann # main\n- Bo\nstatus: x\n", "owner:\n# main\n  Cy\nstatus: x\n"),
        ("owner: [\n  Ann, # 1#\n  'B # o' ] # 2\nstatus: x\n", "owner: # 1#\n  Cy # 2\nstatus: x\n"),
        ("owner: [Ann # 1\n]\n", "owner: # 1\n  Cy\n"),
        ("status: x\nowner: >- # who\n  Ann\n", "status: x\nowner: # who\n  Cy\n"),
        ("owner: [Ann,# 1\n  #\n  Bo]\n", "owner: # 1\n  #\n  Cy\n"),
        ("lead: &x Ann # boss\nowner:\n  - *x # who\n  - Bo # 2\n  - Di\n", "lead: &x Ann # boss\nowner:\n  # who\n  # 2\n  Cy\n"),
        ("{a: b, status: x}\n", "{a: b, status: x, owner: Cy}\n"),
        ("owner: &all\n- *all\nstatus: x\n", "owner: Cy\nstatus: x\n"),
        ("owner: !!str Ann\n", "owner: Cy\n"),
        ("owner: # who\nstatus: x\n", "owner: Cy # who\nstatus: x\n"),
        ("  owner:\n  - Ann\n  status: x\n", "  owner:\n   Cy\n  status: x\n"),
        ("  status: x\n", "  status: x\n  owner: Cy\n"),
        ("{status: x}\n", "{status: x, owner: Cy}\n"),
        ("{status: x, # why\n}\n", "{status: x, owner: Cy, # why\n}\n"),
        ("{}\n", "{owner: Cy}\n"),
        ("{owner: [Ann], status: x}\n", "{owner: Cy, status: x}\n"),
        ("notes: |+\n  a\n\n", "notes: |+\n  a\n\nowner: Cy\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_however_a_value_is_laid_out_all_else_stays(before: str, after: str, end: str) -> None:
    text = f"---\n{before}---\n# T".replace("\n", end)
    changed = SourceText.of(text).apply(set_values(text, {"owner": "Cy"}))
    assert changed == f"---\n{after}---\n# T".replace("\n", end)
    assert set_values(changed, {"owner": "Cy"}) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status: x\n", "status: x\nowner: Cy\nteams: [a]\n"),
        ("{status: x}\n", "{status: x, owner: Cy, teams: [a]}\n"),
    ],
)
def test_several_keys_are_added_in_their_order(before: str, after: str) -> None:
    text = f"---\n{before}---\n"
    changed = SourceText.of(text).apply(set_values(text, {"owner": "Cy", "teams": ("a",)}))
    assert changed == f"---\n{after}---\n"


def test_a_value_is_there_whatever_blanks_are_around_it() -> None:
    text = "---\nowner: Cy\n---\n"
    assert set_values(text, {"owner": " Cy "}) == []
    assert values(SourceText.of(text).apply(set_values(text, {"teams": (" a ",)}))) == {
        "owner": ("Cy",),
        "teams": ("a",),
    }


def test_in_braces_a_comma_of_a_value_ends_it_not() -> None:
    text, value = "---\n{url: x}\n---\n", "https://x.example.com/a,b"
    changed = SourceText.of(text).apply(set_values(text, {"url": value, "title": value}))
    assert changed == f'---\n{{url: "{value}", title: "{value}"}}\n---\n'


CANNOT = (
    "is written in a way in which 'owner', 'teams', 'url' cannot be changed. Write each key on a "
    "line of its own, with its value behind it."
)


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ("owner: &x Ann\nreviewers: *x\n", CANNOT),
        ("owner:\n  - &x Ann\n  - *x\nstatus: x\n", CANNOT),
        ("? owner\nstatus: x\n", CANNOT),
        ("owner: Ann\nnotes: " + "[" * 200 + "]" * 200 + "\n", CANNOT),
        ("lead: &x Ann\nowner: *x\n", "gives 'owner' as a reference. Write its value out."),
        ("url: [x]\n", "holds a list or more under 'url'. Give it a single value."),
    ],
)
def test_a_value_that_cannot_change_alone_is_left_with_a_sentence(
    front: str, sentence: str
) -> None:
    with pytest.raises(DocumentError) as error:
        set_values(f"---\n{front}---\n", {"owner": "Cy", "teams": ("a",), "url": "https://x"})
    assert str(error.value) == f"The front matter at the top of the document {sentence}"


def test_what_a_front_matter_says_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    usual = yaml.BaseLoader.__init__

    def counted(loader: yaml.BaseLoader, stream: str) -> None:
        begun.append(stream)
        usual(loader, stream)

    monkeypatch.setattr(yaml.BaseLoader, "__init__", counted)
    text = "---\nincident: Q1PARSEDONCE\nowner: Ada\nreviewers: [Bo, Cy]\n---\n"
    found = read(text)
    assert found is not None
    assert found.extra == {"owner": "Ada", "reviewers": ["Bo", "Cy"]}
    assert values(text) == {
        "incident": ("Q1PARSEDONCE",),
        "owner": ("Ada",),
        "reviewers": ("Bo", "Cy"),
    }
    assert len(begun) == 1
