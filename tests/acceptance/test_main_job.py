"""The main job, end to end: draft, action items, tickets, statuses; and everything that is bad."""

import os
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.template_names import LABELS, Names, Slot
from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox.scenarios.checkout_storm import LENA, MIRA, SEARCH
from connectors.sandbox import Fault
from tests.acceptance.world import World
from worker.drafting.draft_filter import DraftFilter
from worker.jobs.results import Action, Trigger

TWO_ROWS = (
    "Add an alert on queue depth | Aiko Brandt | High | 2026-12-24",
    "Review the hand-over | | | ",
)


def actions(result: object) -> list[Action]:
    return [deed.action for deed in result.deeds]  # type: ignore[attr-defined]  # a result


def test_a_resolved_incident_becomes_a_document_of_nine_sections(here: World) -> None:
    result = here.sync("checkout storm")
    assert result.failures == ()
    text = here.text("checkout storm")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## 1. Incident Summary",
        "## 2. Timeline of Events",
        "## 3. Root Cause Analysis",
        "## 4. Impact Analysis",
        "## 5. Mitigation and Recovery",
        "## 6. Action Items",
        "## 7. Lessons Learned",
        "## 8. Supporting Data",
        "## 9. Communication and Review",
    ]
    incident = here.incidents["checkout storm"].id
    assert text.startswith(f"---\nincident: {incident}\n")
    assert "status: draft\n" in text
    assert here.path("checkout storm").name.startswith("2026-10-")


def test_the_readme_quotes_what_the_program_makes_of_the_demos_incident(here: World) -> None:
    """Its lines stand in the draft in that order, but for … and for how tables are aligned."""

    def line(text: str) -> str:
        return re.sub(r"-{2,}", "--", re.sub(r" +", " ", text))

    def pattern(text: str) -> str:
        return re.escape(line(text)).replace("…", ".*")

    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (excerpt,) = re.findall(r"```markdown\n(.*?)```", readme, re.DOTALL)
    here.sync("checkout storm")
    drafted = iter([line(each) for each in here.text("checkout storm").splitlines()])
    for quoted in excerpt.splitlines():
        if quoted not in ("", "…"):
            assert any(re.fullmatch(pattern(quoted), each) for each in drafted), quoted


def test_each_row_becomes_one_ticket_and_its_status_comes_back(here: World) -> None:
    here.sync()
    here.add_rows(*TWO_ROWS)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert sorted(here.tickets().values()) == [
        "Add an alert on queue depth",
        "Review the hand-over",
    ]
    assert sorted(here.linked()) == sorted(here.tickets())
    assert here.statuses() == ["To Do", "To Do"]
    first, second = here.linked()
    here.jira.transition(first, "Start progress")
    here.jira.transition(second, "Won't do")
    here.sync()
    assert here.statuses() == ["In Progress", "Done (Won't Do)"]


def test_a_second_sync_creates_nothing_and_writes_nothing(here: World) -> None:
    here.sync("checkout storm")
    before = here.path("checkout storm").stat()
    result = here.sync("checkout storm")
    assert result.deeds == ()
    assert here.path("checkout storm").stat().st_mtime_ns == before.st_mtime_ns
    assert here.path("checkout storm").stat().st_ino == before.st_ino


def test_a_sync_of_everything_finds_what_was_resolved_and_then_has_nothing_to_do(
    here: World,
) -> None:
    result = here.run(since=timedelta(days=90))
    assert result.failures == ()
    assert not result.failed
    merged = here.incidents["merged"].id
    (skipped,) = [one for one in result.incidents if one.incident == merged]
    assert skipped.merged_into == here.incidents["checkout storm"].id
    files = {path.name: path.stat().st_mtime_ns for path in here.documents.glob("*.md")}
    assert len(files) == len(here.incidents) - 1
    again = here.run(since=timedelta(days=90))
    assert again.incidents == ()
    assert again.unchanged == len(files)
    assert files == {path.name: path.stat().st_mtime_ns for path in here.documents.glob("*.md")}


def test_a_merged_incident_has_no_document_and_its_target_names_it(here: World) -> None:
    result = here.run("merged")
    merged, target = result.incidents
    assert merged.merged_into == target.incident
    assert merged.document == ""
    assert here.incidents["merged"].id in here.text("checkout storm")


def test_what_a_person_wrote_stays_byte_for_byte(here: World) -> None:
    here.sync()
    here.edit(
        lambda text: text.replace(
            "[Number/percentage of affected users]", "Every *tenth*  user | about\u00a0300"
        )
    )
    here.edit(lambda text: text.replace("- [Point 1]", "- It was quick.", 1))
    here.sync()
    assert "- **Users Affected:** Every *tenth*  user | about\u00a0300\n" in here.text()
    assert "- It was quick.\n" in here.text()


def test_a_prompt_below_a_fact_goes_once_somebody_wrote_there_and_nothing_else_does(
    here: World,
) -> None:
    here.sync("checkout storm")
    prompt = '  - [Brief summary of the impact, e.g., "API requests failed for 90% of users"]\n'
    assert here.text("checkout storm").count(prompt) == 1
    mine = "- **Impact:** Nobody could *pay*  for an hour\n"

    def answer(text: str) -> str:
        return re.sub(r"(?m)^- \*\*Impact:\*\* .*\n", mine, text)

    here.edit(answer, "checkout storm")
    edited = here.text("checkout storm")
    here.sync("checkout storm")
    assert here.text("checkout storm") == edited.replace(prompt, "")
    before = here.path("checkout storm").stat()
    assert here.sync("checkout storm").deeds == ()
    assert here.path("checkout storm").stat().st_mtime_ns == before.st_mtime_ns


def test_what_people_said_stands_in_one_place_and_a_fix_is_no_cause(here: World) -> None:
    incident = here.pagerduty.account.open(
        SEARCH, "Search is slow", at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC), id_="QSEARCHSLOW001"
    )
    here.incidents["slow search"] = incident

    def at(minute: int) -> datetime:
        return incident.created_at + timedelta(minutes=minute)

    incident.assign([MIRA], at(0))
    incident.acknowledge(MIRA, at(2))
    incident.note(
        "About 300 customers get no results. Restarted indexer-2.\n"
        "The index fell behind because a disk was full.",
        at(5),
        MIRA,
    )
    incident.update("The SLA for ACME is breached. We work on it.", at(8), LENA)
    incident.resolve(at(20), MIRA, "Moved the index to a larger disk.")
    incident.note("Restarted indexer-3 as well, to be safe.", at(30), MIRA)
    here.sync("slow search")
    places = here.text("slow search").split("\n- **")

    def place(label: str) -> str:
        return next(one for one in places if one.startswith(f"{label}:**"))

    said = '"The index fell behind because a disk was full." (note of Mira Castellan, '
    assert place("Root Cause").startswith(f"Root Cause:** Candidate: {said}")
    assert '"About 300 customers get no results."' in place("Impact")
    assert "about 300 customers" in place("Users Affected")
    assert '"The SLA for ACME is breached." (status update of Lena' in place("Business Impact")
    assert 'Mira Castellan: "Restarted indexer-2."' in place("Steps Taken")
    assert "acknowledged" not in place("Steps Taken")
    assert "indexer-3" not in place("Steps Taken")
    assert '"Moved the index to a larger disk."' in place("Short-Term Fixes")
    assert "by Lena Okafor (quoted above)" in place("Stakeholders Notified")
    for words in ("disk was full", "larger disk", "300 customers get", "for ACME", "indexer-2"):
        assert here.text("slow search").count(words) == 2, words


def test_a_dry_run_writes_nothing_anywhere(here: World) -> None:
    result = here.run("checkout storm", dry_run=True).incidents[0]
    assert Action.DRAFTED in actions(result)
    assert Action.CREATED in actions(result)
    assert "+## 1. Incident Summary" in result.diff
    assert list(here.folder.iterdir()) == []
    assert here.tickets() == {}
    writes = [one for one in here.jira.calls() if one.startswith(("PUT", "DELETE"))]
    assert writes == []


def test_without_a_tracker_the_draft_is_written_and_the_result_says_so(here: World) -> None:
    result = here.run("checkout storm", tracker=None)
    assert not result.failed
    assert here.linked("checkout storm") == [""] * len(here.items("checkout storm"))
    assert "Jira is not configured" in result.notices[0]


def test_without_a_source_known_documents_are_still_synced(here: World) -> None:
    here.sync()
    here.add_rows(*TWO_ROWS)
    result = here.run("quick fix", source=None)
    assert not result.failed
    assert all(here.linked())


def test_values_that_cannot_be_used_do_not_block_the_ticket(here: World) -> None:
    here.sync()
    here.add_rows("Add alert | nobody at all | Sometime | 2026-13-40")
    result = here.sync()
    assert result.failures == ()
    assert len(here.tickets()) == 1
    said = " ".join(result.warnings)
    for word in ("nobody at all", "Sometime", "2026-13-40", here.linked()[0]):
        assert word in said
    assert here.sync().deeds == ()


def test_rows_with_too_few_cells_are_action_items(here: World) -> None:
    here.sync()
    here.edit(lambda text: text.replace("## 7.", "| Only a task\n\n## 7.", 1))
    here.edit(lambda text: _next_to_table(text, "| Only a task"))
    result = here.sync()
    assert result.failures == ()
    assert list(here.tickets().values()) == ["Only a task"]


def _next_to_table(text: str, row: str) -> str:
    """Move a row that stands below the table to its end."""
    lines = text.replace(row + "\n", "", 1).split("\n")
    at = max(number for number, line in enumerate(lines) if line.startswith("| ["))
    return "\n".join([*lines[: at + 1], row, *lines[at + 1 :]])


def test_two_action_tables_are_both_read(here: World) -> None:
    here.sync()
    second = "| Task | Owner |\n|---|---|\n| From the second table | |\n\n## 7."
    here.add_rows("From the first table")
    here.edit(lambda text: text.replace("## 7.", second, 1))
    here.sync()
    assert sorted(here.tickets().values()) == ["From the first table", "From the second table"]


# Bad input: one clear sentence each, and the other incidents are still done.


def one_bad_among_good(here: World, *names: str) -> tuple[str, list[str]]:
    result = here.run(*names, "checkout storm")
    assert result.failed
    (bad, good) = result.incidents[0], result.incidents[-1]
    assert good.failures == ()
    assert here.path("checkout storm").exists()
    return bad.failures[0] if bad.failures else "", list(result.failures)


def test_an_incident_that_nobody_knows(here: World) -> None:
    sentence, _ = one_bad_among_good(here, "QNOSUCHINCIDENT")
    assert "QNOSUCHINCIDENT" in sentence


def test_an_incident_that_is_still_open(here: World) -> None:
    incident = here.incidents["quick fix"]
    incident.status = "acknowledged"
    sentence, _ = one_bad_among_good(here, "quick fix")
    assert "is still acknowledged" in sentence


def test_a_payload_with_a_field_of_the_wrong_type(here: World) -> None:
    incident = here.incidents["quick fix"].id

    def spoil(answer: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
        answer["incident"]["created_at"] = 17
        return answer

    here.pagerduty.fault(Fault(rf"/incidents/{incident}$", change=spoil, times=None))
    sentence, _ = one_bad_among_good(here, "quick fix")
    assert "created_at" in sentence


def test_a_document_that_is_not_utf_8(here: World) -> None:
    here.sync()
    path = here.path()
    path.write_bytes(path.read_bytes().replace(b"Impact", b"Imp\xe4ct", 1))
    before = path.read_bytes()
    sentence, _ = one_bad_among_good(here, "quick fix")
    assert "not UTF-8" in sentence
    assert path.read_bytes() == before


def test_two_documents_of_one_incident(here: World) -> None:
    here.sync()
    copy = here.documents / "copy.md"
    copy.write_bytes(here.path().read_bytes())
    sentence, _ = one_bad_among_good(here, "quick fix")
    assert "copy.md" in sentence
    assert here.incidents["quick fix"].id in sentence


def test_broken_front_matter(here: World) -> None:
    here.sync()
    path = here.path()
    path.write_text("---\nincident: [\n---\n# Mine\n", "utf-8")
    result = here.run()
    (failure,) = [*result.failures, *result.incidents[0].failures]
    assert path.name in failure
    assert "not valid YAML" in failure
    assert path.read_text("utf-8") == "---\nincident: [\n---\n# Mine\n"


def test_a_file_in_the_way_that_says_nothing_of_an_incident_is_left_alone(here: World) -> None:
    here.sync()
    path = here.path()
    path.write_text("# My own notes\n", "utf-8")
    sentence, _ = one_bad_among_good(here, "quick fix")
    assert path.name in sentence
    assert "front matter" in sentence
    assert path.read_text("utf-8") == "# My own notes\n"


def test_a_document_that_a_person_deleted_comes_back_only_when_asked_for(here: World) -> None:
    here.run(since=timedelta(days=90))
    here.path().unlink()
    here.run(since=timedelta(days=90))
    assert here.incidents["quick fix"].id not in " ".join(
        path.name for path in here.documents.glob("*.md")
    )
    assert "was removed" in here.sync().skipped
    here.sync(remakes=True)
    assert here.path().exists()


def test_a_wrong_pagerduty_key(here: World) -> None:
    here.pagerduty.fault(Fault(".*", 401, times=None))
    result = here.run("quick fix", "checkout storm")
    assert result.failed
    assert all(one.failures for one in result.incidents)
    assert here.pagerduty.api_key not in str(result)


def test_a_wrong_jira_token_leaves_the_draft_whole(here: World) -> None:
    here.jira.tokens.clear()
    result = here.sync("checkout storm")
    assert "not up to date" in result.failures[0]
    assert "## 9. Communication and Review" in here.text("checkout storm")
    assert here.tickets() == {}


@pytest.mark.parametrize("status", [500, 503])
def test_a_tracker_that_is_down_leaves_the_draft_whole(here: World, status: int) -> None:
    here.jira.fault(Fault(status=status, times=None))
    result = here.sync("checkout storm")
    assert result.failures
    assert here.path("checkout storm").exists()


def test_no_half_written_file_where_the_disk_refuses(here: World) -> None:
    if os.geteuid() == 0:
        here.documents.write_text("in the way")
    else:
        here.documents.mkdir()
        here.documents.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(Exception, match=r"documents") as caught:
        here.run("quick fix")
    assert not isinstance(caught.value, OSError)
    assert list(Path(here.folder).rglob("*.md")) == []


def test_after_a_kill_before_the_write_a_template_of_ones_own_is_still_refreshed(
    here: World,
) -> None:
    labels = {**LABELS, Slot.DURATION: "Dauer"}
    template = here.policy.template.replace("**Duration:**", "**Dauer:**")
    here.policy = replace(here.policy, template=template, names=Names(labels=labels))
    here.sync()
    (line,) = [line for line in here.text().splitlines() if "**Dauer:**" in line]
    now = line.removeprefix("- **Dauer:** ")
    incident = here.incidents["quick fix"].id
    with here.context() as context:
        known = context.journal.incident(incident)
        assert known is not None
        assert known.base is not None
        context.journal.propose(incident, known.base.replace(f'["{now}"]', '["1 min"]'))
        context.journal.settle(incident)
        context.journal.propose(incident, known.base)
    here.edit(lambda text: text.replace(line, "- **Dauer:** 1 min"))
    here.sync()
    assert line in here.text().splitlines()


def test_a_scheduled_job_applies_the_filter_and_a_command_does_not(here: World) -> None:
    here.policy = replace(here.policy, only=DraftFilter(urgency="none such"))
    assert "no draft" in here.sync(trigger=Trigger.WEBHOOK).skipped
    assert not here.documents.exists()
    assert here.sync().document


@pytest.mark.parametrize(
    "only", [DraftFilter(services=frozenset({"Chekout API"})), DraftFilter(had_person=True)]
)
def test_what_a_command_finds_by_itself_passes_the_filter(here: World, only: DraftFilter) -> None:
    """Also what another incident was merged into, and what only the whole record tells."""
    here.policy = replace(here.policy, only=only)
    result = here.run(since=timedelta(days=90))
    assert not result.failed
    drafted = {one.incident for one in result.incidents if one.document}
    assert here.incidents["auto-resolved"].id not in drafted
    assert (here.incidents["checkout storm"].id in drafted) is only.had_person


def test_the_kind_of_site_is_what_it_says(here: World) -> None:
    with here.context() as context:
        assert context.tracker is not None
        kind = context.tracker.site().kind
    assert kind in SiteKind
