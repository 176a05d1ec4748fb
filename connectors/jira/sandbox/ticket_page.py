"""The page on which the sandbox shows a ticket to people."""

from html import escape

from connectors.jira.sandbox.field_values import adf_text
from connectors.jira.sandbox.site import SandboxSite, TicketRecord

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
dt { font-weight: 600 } dd { margin: 0 0 .5rem } pre { white-space: pre-wrap }
"""


def ticket_page(site: SandboxSite, record: TicketRecord | None) -> str:
    """Show a ticket as HTML; for None, that there is none to see."""
    if record is None:
        return _whole("No such ticket", "<h1>There is no such ticket.</h1>")
    ticket = record.now
    resolved = f" ({ticket.resolution})" if ticket.resolution else ""
    facts = {
        "Status": ticket.status + resolved,
        "Type": ticket.issue_type,
        "Priority": ticket.priority or "none",
        "Owner": ticket.assignee.name if ticket.assignee else "nobody",
        "Due": ticket.due.isoformat() if ticket.due else "no date",
        "Labels": ", ".join(ticket.labels) or "none",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items())
    words = ticket.description or ""
    shown = adf_text(words) if site.is_cloud and words else str(words)
    links = "".join(
        f'<li><a href="{escape(link["object"]["url"], quote=True)}">'
        f"{escape(link['object']['title'])}</a></li>"
        for link in record.links
    )
    return _whole(
        f"{ticket.key} {ticket.summary}",
        f"<p>Sandbox Jira, {site.kind.value}</p><h1>{ticket.key}: {escape(ticket.summary)}</h1>"
        f"<dl>{listed}</dl><pre>{escape(shown)}</pre><ul>{links}</ul>",
    )


def _whole(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
