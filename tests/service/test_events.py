"""Webhooks come twice, late, in the wrong order or never: in the end it is all the same."""

from connectors.jira.sandbox.server import FieldEdit
from tests.service.happenings import now, open_incident, resolve, resolved_incident, who
from tests.service.installation import Installation
from tests.service.promise import Promise

ITEM = "Add an alert on the queue"


def test_documents_follow_webhooks_that_come_twice_and_out_of_order(here: Installation) -> None:
    here.every("6h")
    here.serve()
    account, promise = here.pagerduty.account, Promise(here)

    often = resolved_incident(account, [ITEM])
    here.deliver(*[here.event("resolved", often)] * 3)
    promise.drafted.append(often)

    early = open_incident(account)
    early.note("Found it.", now(), who(early))
    annotated = here.event("annotated", early)
    here.deliver(annotated)
    promise.wait()  # the job has seen that the incident is open, and is content
    resolve(early, "It was the cache.")
    here.deliver(here.event("resolved", early), annotated)

    swapped = open_incident(account, [ITEM])
    first = here.event("resolved", resolve(swapped))
    swapped.reopen(now(), who(swapped), [who(swapped)])
    reopened = here.event("reopened", swapped)
    second = here.event("resolved", resolve(swapped))
    here.deliver(second, reopened, first)

    merged, target = open_incident(account), resolved_incident(account)
    merged.merge_into(target, now(), who(target))
    here.deliver(here.event("resolved", target), here.event("resolved", merged))

    minor = resolved_incident(account, urgency="low")
    here.deliver(here.event("resolved", minor))

    promise.drafted += [early, swapped, target]
    promise.left_out += [merged, minor]
    promise.wait()

    often.note("It came back for a minute.", now(), who(often))
    here.deliver(*[here.event("annotated", often)] * 2)
    early.reopen(now(), who(early), [who(early)])
    here.deliver(here.event("reopened", early))
    resolve(early)
    here.deliver(here.event("resolved", early))
    promise.hold()


def test_rows_follow_their_tickets_by_jira_webhooks_that_come_twice(here: Installation) -> None:
    here.every("6h")
    here.serve()
    promise = Promise(here)
    incident = resolved_incident(here.pagerduty.account, [ITEM, "Write it down"])
    promise.drafted.append(incident)
    here.deliver(here.event("resolved", incident))
    promise.wait()

    promise.write(incident, "We were lucky.")
    promise.add_row(incident, "Train the new ones |  | High | 2027-01-29")
    here.ask_for(incident)
    promise.wait()
    assert promise.tickets() == {
        ITEM: "To Do",
        "Write it down": "To Do",
        "Train the new ones": "To Do",
    }

    first, second, third = (record.now.key for record in here.jira.site.records.values())
    here.jira.transition(first, "Start progress")
    started = here.jira.webhook(first, FieldEdit("status", "To Do", "In Progress"))
    here.jira.transition(first, "Done")
    done = here.jira.webhook(first, FieldEdit("status", "In Progress", "Done"))
    here.jira.transition(second, "Start progress")
    here.deliver(done, started, done)
    here.deliver(here.jira.webhook(third, event="created"))
    here.deliver(here.jira.webhook(second, FieldEdit("status", "To Do", "In Progress")))
    promise.hold()
    assert promise.tickets() == {
        ITEM: "Done",
        "Write it down": "In Progress",
        "Train the new ones": "To Do",
    }


def test_the_schedule_makes_good_every_webhook_that_is_lost(here: Installation) -> None:
    here.hasty = True
    here.serve()
    account, promise = here.pagerduty.account, Promise(here)
    merged, target = open_incident(account), resolved_incident(account, [ITEM])
    merged.merge_into(target, now(), who(target))
    late = open_incident(account)
    promise.drafted.append(target)
    promise.left_out += [merged, resolved_incident(account, urgency="low")]
    promise.wait()

    resolve(late)
    promise.drafted.append(late)
    target.note("It came back for a minute.", now(), who(target))
    promise.add_row(target, "Train the new ones |  | High | 2027-01-29")
    promise.wait()

    (first, *_) = here.jira.site.records.values()
    here.jira.transition(first.now.key, "Done")
    promise.hold()
