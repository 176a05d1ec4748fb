"""A page of the sandbox as HTML that people read in a browser."""

from html import escape
from xml.etree import ElementTree

from connectors.confluence.sandbox.page_views import page_time
from connectors.confluence.sandbox.site import PageRecord, PageSite
from connectors.confluence.sandbox.storage_rules import named, parsed

_STYLE = """
body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#172b4d}
table{border-collapse:collapse}td,th{border:1px solid #c1c7d0;padding:.3rem .6rem;text-align:left}
.macro{border-left:4px solid #0052cc;background:#f4f5f7;padding:.3rem 1rem;margin:1rem 0}
.status{border-radius:3px;padding:0 .4rem;font-size:.8em;font-weight:bold;background:#dfe1e6}
.Green{background:#e3fcef;color:#006644}.Blue{background:#deebff;color:#0747a6}
.Red{background:#ffebe6;color:#bf2600}mark{background:#fff0b3}pre{background:#f4f5f7;padding:1rem}
footer{margin-top:3rem;color:#6b778c;border-top:1px solid #c1c7d0}img{max-width:100%}
"""


_PLAIN = {"ac:inline-comment-marker": "mark", "ac:task-list": "ul", "ac:task": "li"}
_UNSHOWN = frozenset({"ac:task-id", "ac:task-uuid", "ac:parameter"})


def readable(site: PageSite, one: PageRecord, files: str) -> str:
    """Give a page as HTML that people read; ``files`` is where its attachments are."""
    shown = _inside(parsed(one.body), files)
    now = one.now
    who = escape(site.people.get(now.author, now.author))
    said = f"Version {now.number} by {who}, {page_time(now.at)}"
    if now.message:
        said += f": {escape(now.message)}"
    comments = "".join(
        f"<p>Comment on “{escape(each.words)}”: {escape(each.text)}</p>" for each in one.comments
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(one.title)}</title>"
        f"<style>{_STYLE}</style><p>{escape(site.name)} ({escape(one.status)})</p>"
        f"<h1>{escape(one.title)}</h1>{shown}<footer><p>{said}</p>{comments}</footer></html>"
    )


def _inside(one: ElementTree.Element, files: str) -> str:
    parts = [escape(one.text or "", quote=False)]
    for child in one:
        parts += [_shown(child, files), escape(child.tail or "", quote=False)]
    return "".join(parts)


def _shown(one: ElementTree.Element, files: str) -> str:
    name = named(one)
    if name in {"ac:structured-macro", "ac:image"}:
        return _macro(one, files) if name == "ac:structured-macro" else _image(one, files)
    inside = _inside(one, files)
    if name == "ac:task-status":
        inside = f"<input type=checkbox disabled{' checked' if one.text == 'complete' else ''}> "
    if name == "ac:link":
        return f'<a href="#{escape(one.get("{urn:ac}anchor", ""))}">{inside}</a>'
    if ":" in name:
        around = _PLAIN.get(name, "")
        return "" if name in _UNSHOWN else f"<{around}>{inside}</{around}>" if around else inside
    own = ((key, value) for key, value in one.attrib.items() if "}" not in key)
    told = "".join(f' {key}="{escape(value)}"' for key, value in own)
    return f"<{name}{told}>" if name in {"br", "hr"} else f"<{name}{told}>{inside}</{name}>"


def _image(one: ElementTree.Element, files: str) -> str:
    alternative = escape(one.get("{urn:ac}alt", ""))
    source = ""
    for each in one:
        name = each.get("{urn:ri}filename")
        source = f"{files}/{name}" if name else each.get("{urn:ri}value", "")
    return f'<img src="{escape(source)}" alt="{alternative}">'


def _macro(one: ElementTree.Element, files: str) -> str:
    name = one.get("{urn:ac}name", "")
    told = {each.get("{urn:ac}name", ""): each.text or "" for each in one}
    inside = "".join(_inside(each, files) for each in one if named(each) != "ac:parameter")
    match name:
        case "anchor":
            return f'<span id="{escape(told.get("", ""))}"></span>'
        case "status":
            colour = escape(told.get("colour", "Grey"))
            return f'<span class="status {colour}">{escape(told.get("title", ""))}</span>'
        case "code":
            return f"<pre>{inside}</pre>"
        case "expand":
            title = escape(told.get("title", "Click here to expand..."))
            return f"<details><summary>{title}</summary>{inside}</details>"
        case "details":
            return f"<div>{inside}</div>"
    return f'<div class="macro {escape(name)}">{inside}</div>'
