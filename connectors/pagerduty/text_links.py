"""Finds the links that monitors put into an alert's text, each with what it is called there.

Details come as Markdown (Datadog), HTML (mails), Alertmanager's text, JSON or plain words, and
often as a mixture. So every address is found by itself, and what stands around it tells where it
ends and what it is called: the text of its link, the words before it, or the name of its field.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from connectors.incidents import Link
from connectors.json_fields import json_in
from connectors.pagerduty.common_payloads import OFTEN, Pairs, flat
from connectors.pagerduty.senders.buttons import is_button, tells_nothing
from connectors.pagerduty.written_text import is_html, markdown_of, unquoted

LONGEST_TEXT = 100_000
"""Characters of one field that are searched; a body may hold a whole page."""
_START = re.compile(r"(?<![a-z0-9])https?://(?=[^\W_]|\[)", re.IGNORECASE)
_ALONE = re.compile(r"https?://[a-z0-9][a-z0-9./?%~#@:_-]*[a-z0-9/]", re.IGNORECASE)
_RUN = re.compile(r"[a-z0-9./?=%~#@!$*+:_-]+", re.IGNORECASE)
"""What never ends an address; it is passed over at once."""
_STOPS = frozenset("<>`\\|^\u201c\u201d\u2018\u2019\u00ab\u00bb\u3001\u3002\uff0c\u300d\uff09")
_NEXT_URL = re.compile(r"[,;]+(?=https?://)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
"""With its semicolon alone: ``&copy=1`` is a parameter."""
_ENDING_REFERENCES = frozenset({'"', "'", "<", ">", "\u00a0"})
_PAIRS = {")": "(", "]": "[", "}": "{"}
_BEHIND = ".,;:!?*_~\u2026'"
_LABEL = re.compile(
    r"([^\s:=>|](?:[^:=>|\n]*[^\s:=>|])?)\s*(?::|=>?|[-=]>|\u2192|\u21d2|\s[-\u2013\u2014])\s*$"
)
_OUTSIDE_LABEL = " \t\"'*_`#([{<>-\u2022\u00b7.,;"
_CLAUSE = re.compile(r"[.;,(\[{]\s+|[{(\[\u00b7\u2022]|\s[-\u2013]\s")
_MOST_WORDS = 6
_LONGEST_LABEL = 2_500
"""Characters before an address in which its link may have begun; pictures stand in them."""
_SPEAKING = re.compile(
    r"\b(run-?books?|play-?books?|dashboards?|graphs?|logs?|traces?|panels?|wiki)\s*[(\[<]?\s*$",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"(?:click |see |go |from )?(?:here|this(?: link)?|links?|ur[li]s?|open|view)"
)
_RUNBOOK = re.compile(r"\b(?:run|play)[-_ ]?book", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s)>,;|/+&\u00b7]*(?:and|or)?\s*")
"""What stands between links that one word introduces."""
_SUFFIX = re.compile(r"(?<=[a-z0-9])[\s_-]*(?:ur[li]|link|href)$", re.IGNORECASE)
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+[A-Z]{0,4}")
_HUMP = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])|(?<=[a-z])(?=[A-Z])")
_GENERIC = re.compile(
    r"alerts?|annotation|body|content|description|details?|event|firing|html|images?|info|links?"
    r"|deep|full|href|long_output|messages?|notes?|output|payload|resolved|source origin|summary"
    r"|text|title|urls?|value|web",
    re.IGNORECASE,
)
"""Names of fields that hold anything, and so say nothing of a link in them."""
_IMAGE_FILE = re.compile(r"^[^?#]*\.(?:png|jpe?g|gif|svg|webp)(?:$|[?#])", re.IGNORECASE)
_DECORATION = re.compile(r"logo|icon|avatar|pixel|spacer|beacon|/track(?:ing)?[/.?]", re.IGNORECASE)


_TEXTS = frozenset({str, type(None)})
_LONG = 1_000
"""Characters of a context from which on what it leads to is not kept."""


def context_links(contexts: object) -> Iterator[Link]:
    """Read ``contexts``: an image's source is a link to an image, what it leads to another link.

    A monitor may send anything in them; what is no context is left out.
    """
    for context in contexts if isinstance(contexts, list) else ():
        if not isinstance(context, dict):
            continue
        told = tuple(map(context.get, ("text", "alt", "src", "href")))
        is_usual = _TEXTS.issuperset(map(type, told)) and len("".join(filter(None, told))) < _LONG
        yield from (_of_context if is_usual else _of_context.__wrapped__)(told)


@lru_cache(OFTEN)
def _of_context(told: tuple[Any, ...]) -> tuple[Link, ...]:
    text, alt, source, target = told
    shown = _words(str(text or alt or ""))
    return tuple(
        Link(
            _unescaped(url.strip()),
            shown,
            is_image,
            is_button=not is_image and is_button(shown, url),
        )
        for url, is_image in ((source, True), (target, False))
        if isinstance(url, str) and url
    )


def links_in(value: object) -> Iterator[Link]:
    """Find the links in what a monitor sent: texts, objects of them, JSON as a text."""
    return links_of(flat(value))


def links_of(pairs: Pairs) -> Iterator[Link]:
    """Find the links in what was flattened."""
    for name, text in pairs:
        if "://" not in text:
            continue
        if (inner := json_in(text)) is not None:
            yield from links_in({name: inner})
        else:
            yield from _text_links(name, text[:LONGEST_TEXT])


def distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """Keep the first link to each place, and of two to one place one that has a text."""
    kept: dict[str, Link] = {}
    for link in links:
        known = kept.get(link.url)
        if known is None or (link.text and not known.text):
            kept[link.url] = link
    return tuple(kept.values())


def _text_links(field: str, text: str) -> Iterator[Link]:
    if _ALONE.fullmatch(text) and not _IMAGE_FILE.match(text):  # as most are that monitors send
        yield from _as_told(Link(text, _field_name(field)))
        return
    text = unquoted(text)
    text = markdown_of(text) if is_html(text) else text
    at, heading = 0, ""
    while found := _START.search(text, at):
        begin, end_before = found.start(), at
        url, at = _address(text, begin)
        if at <= found.end():
            at = found.end()
            continue
        link, opening = _named(field, text, begin, url, at)
        if opening < end_before or not _BETWEEN.fullmatch(text, end_before, opening):
            heading = _words_before(text, opening)
        if not link.is_image and _RUNBOOK.search(heading):
            link = replace(link, is_runbook=True)
        if link.url:
            yield from _as_told(link)


def _as_told(link: Link) -> tuple[Link, ...]:
    if tells_nothing(link.text, link.url):
        return ()
    acts = not link.is_image and is_button(link.text, link.url)
    return (replace(link, is_button=True) if acts else link,)


def _address(text: str, start: int) -> tuple[str, int]:
    """Give the address that begins there, and where it ends: by itself, and unescaped."""
    before = text[max(0, start - 3) : start]
    if before.endswith("<") and (closed := text.find(">", start)) > 0:
        inner = text[start:closed]
        may_hold = r"[^|\n]*" if before == "](<" else r"[^|\s]*"
        if re.fullmatch(may_hold, inner):
            return _unescaped(inner), closed
    in_link = before.endswith("](")
    quote = before[-1:] if before[-1:] in ('"', "'") else ""
    end = _end(text, start, quote, in_link=in_link)
    url = text[start:end]
    if not in_link:
        url = _without_punctuation(url)
    return _unescaped(url), start + len(url)


def _end(text: str, start: int, quote: str, *, in_link: bool) -> int:
    """Find where an address ends: at white space, a quote, or a bracket that it did not open."""
    opened: list[str] = []
    at = start
    while at < len(text):
        mark = text[at]
        if run := _RUN.match(text, at):
            at = run.end()
            continue
        if mark == quote or mark.isspace() or (mark in _STOPS and not (in_link and mark in "|^")):
            break
        if mark == "&" and (entity := _REFERENCE.match(text, at)):
            if html.unescape(entity[0]) in _ENDING_REFERENCES and not in_link:
                break
            at = entity.end()
            continue
        if mark in "\"'" and not opened and not (in_link and mark == "'"):
            break
        if mark in ",;" and _NEXT_URL.match(text, at):
            break
        if mark in "([{":
            opened.append(mark)
        elif mark in _PAIRS and (not opened or opened.pop() != _PAIRS[mark]):
            break
        at += 1
    return at


def _without_punctuation(url: str) -> str:
    while url and url[-1] in _BEHIND:
        url = url[:-1]
    return url


def _unescaped(text: str) -> str:
    """Put characters for HTML's references to them; some senders escape twice."""
    for _ in range(2):
        if "&" not in text:
            break
        text = _REFERENCE.sub(lambda found: html.unescape(found[0]), text)
    return text


def _named(field: str, text: str, start: int, url: str, end: int) -> tuple[Link, int]:
    """Call an address by its link's text, else by the words before it, else by its field.

    Gives the link, and where in the text it begins.
    """
    first = max(0, start - _LONGEST_LABEL)
    before = text[first:start]
    if before.endswith(("](", "](<")):
        shown, opening = _link_text(before.removesuffix("<")[:-2])
        is_image = before[: max(opening, 0)].endswith("!")
        begin = first + max(opening - is_image, 0)
        if is_image and _DECORATION.search(f"{shown} {url}"):
            return Link(""), begin
        label = _words(shown)
        if not label or _POINTING.fullmatch(label.lower()) or _START.match(label):
            label = _words_before(text, begin)
        return Link(url, label or _field_name(field), is_image), begin
    if before.endswith("<") and text.startswith("|", end):  # as chats write links
        return Link(url, _words(text[end + 1 :].partition(">")[0])), start - 1
    if before.endswith("|") and text.startswith("]", end):  # as wikis do
        opening = before.rfind("[")
        return Link(url, _words(before[opening + 1 : -1])), first + max(opening, 0)
    is_image = _IMAGE_FILE.search(url) is not None and not _DECORATION.search(url)
    return Link(url, _words_before(text, start) or _field_name(field), is_image), start


def _link_text(before: str) -> tuple[str, int]:
    """Give the text of the link whose bracket is about to close, and where that opens."""
    depth = 1
    at = len(before)
    while depth and at:
        at -= 1
        depth += {"]": 1, "[": -1}.get(before[at], 0)
    shown = before[at + 1 :] if not depth else ""
    picture = re.match(r"!\[([^\]]*)\]", shown)
    return (picture[1] if picture else shown), (at if not depth else -1)


def _words_before(text: str, at: int) -> str:
    """Give what a line calls the address in it: ``Runbook: ``, ``- dashboard = ``, ``logs ``."""
    begin = text.rfind("\n", 0, at) + 1
    line = text[max(begin, at - 300) : at]
    line = re.split(r"https?://\S*", line)[-1]
    if not line.strip(_OUTSIDE_LABEL) and begin:
        above = text[text.rfind("\n", 0, begin - 1) + 1 : begin - 1].strip()
        line = above if above.endswith((":", ":**")) and "://" not in above else ""
    line = line.rstrip("\"'([{<*_ \t")
    if not line:
        return ""
    if found := _LABEL.search(line):
        label = _words(_CLAUSE.split(found[1].lstrip(_OUTSIDE_LABEL))[-1])
        label = "" if re.fullmatch(r"\W*\d*\W*", label) else label.rstrip("]")
        return _pretty(label) if len(label.split()) <= _MOST_WORDS else ""
    speaking = _SPEAKING.search(line)
    return speaking[1] if speaking else ""


@lru_cache(OFTEN)
def _field_name(field: str) -> str:
    """Give the last part of a field's name that is none which any field could have."""
    parts = [part for part in field.split(".") if not part.isdigit()]
    last = _pretty(parts[-1]) if parts else ""
    return "" if _GENERIC.fullmatch(last) else last


def _pretty(name: str) -> str:
    """Give ``runbook_url`` and ``errorChartUrl`` as people say them."""
    said = _SUFFIX.sub("", name).replace("_", " ").strip() or name
    return _HUMP.sub(lambda hump: f" {hump[0].lower()}", said) if _CAMEL.fullmatch(said) else said


def _words(text: str) -> str:
    """Give a label without marks and references."""
    return _unmarked(_unescaped(text)[:500])


@lru_cache(OFTEN)
def _unmarked(text: str) -> str:
    plain = re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", text.replace("\\", ""))
    outside = (words := " ".join(plain.split())).strip(" :\"'")
    return words.strip(" :'") if outside.count('"') % 2 else outside
