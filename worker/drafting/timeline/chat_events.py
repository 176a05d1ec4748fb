"""What was said in the incident's channel and picked for the document, as rows in its words.

A message's words are people's, in a few pieces that look alike. They stand in the row as one line:
code as code, a link by its text, and nothing of them can become anything else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connectors.follow_up import ChatMessage, ChatSpan
from worker.content.clean_text import clean, shorten
from worker.content.inline_markdown import Markdown, escape, link, safe_url, say
from worker.drafting.history.agents import SOMEBODY
from worker.drafting.history.story import Story
from worker.drafting.policy import VALUES, Handling, OutsideLog, Rule, Rules
from worker.drafting.text.wording import LONGEST_QUOTE
from worker.drafting.timeline.events import Event, together

_LIST_MARK = re.compile(r"\s*(?:[-*+\u2022\u25e6\u2013]|\d{1,3}[.)])\s+")
_ENDS_SENTENCE = (".", "!", "?", ":", ";", ",", "\u2026")
_BEFORE, _BEHIND = " (\"'\u201c", " .,;:!?)\"'\u201d"


def chat_events(story: Story, rules: Rules) -> Iterator[Event]:
    """Give the picked messages, each by a key that goes with it."""
    rule = rules[OutsideLog.MESSAGE]
    events = [_event(message, rule) for message in story.record.follow_up.messages]
    if rule.handling is Handling.FOLD and len(events) > 1:
        events = [together(sorted(events, key=lambda one: one.at))]
    if rule.handling is not Handling.DROP:
        yield from events


def _event(message: ChatMessage, rule: Rule) -> Event:
    who = clean(message.author) or SOMEBODY
    text = say(rule.wording, **{**dict.fromkeys(VALUES, ""), "who": who, "text": _said(message)})
    return Event(
        message_key(message),
        message.at,
        OutsideLog.MESSAGE,
        lambda _: text,
        rule.weight,
        ((rule.noun, 1),),
        (message.id,),
        clean(message.author),
        url=message.url or None,
        link="message",
        said=True,
    )


def message_key(message: ChatMessage) -> str:
    """Name a message, the same from pull to pull."""
    return f"chat:{message.channel}:{message.id}"


def _said(message: ChatMessage) -> Markdown:
    """Quote a message, with the files that came with it; one of files alone is quoted by them."""
    words = spoken(message.words, LONGEST_QUOTE)
    files = Markdown(", ".join(_file(one.name, one.url) for one in message.files[:_MOST_FILES]))
    if not words:
        return say('"{files}"', files=files or Markdown("\u2026"))
    length = sum(map(len, (clean(span.text) for span in message.words)))
    shortened = f"{length:,}" if _is_cut(message.words, LONGEST_QUOTE) else ""
    return say(
        '"{words}"[ with {files}][ (shortened; all {length} characters are at the source)]',
        words=words,
        files=files,
        length=shortened,
    )


_MOST_FILES = 10


def _file(name: str, url: str) -> Markdown:
    shown = shorten(clean(name), 80)
    return link(shown, url) if url and safe_url(url) else escape(shown)


def spoken(words: Iterable[ChatSpan], limit: int) -> Markdown:
    """Give words as one line of Markdown that shows at most so many of their characters."""
    kept: list[ChatSpan] = []
    left = limit
    for span in _on_one_line(words):
        if left <= 1:
            kept.append(ChatSpan("\u2026"))
            break
        short = shorten(span.text, left)
        kept.append(span if short == span.text else replace(span, text=short))
        left -= len(span.text)
        if short != span.text:
            break
    return _joined(kept)


def _is_cut(words: Iterable[ChatSpan], limit: int) -> bool:
    return sum(len(span.text) for span in _on_one_line(words)) > limit


def _on_one_line(words: Iterable[ChatSpan]) -> list[ChatSpan]:
    """Put lines behind each other so that they still read, as notes are."""
    whole: list[ChatSpan] = []
    said = ""
    for line in _lines(words):
        plain = clean("".join(span.text for span in line))
        mark = _LIST_MARK.match(line[0].text) if line and not line[0].is_code else None
        if mark:
            line[0] = replace(line[0], text=line[0].text[mark.end() :])
            plain = clean("".join(span.text for span in line))
        if not plain:
            continue
        if said:
            goes_on = said.endswith(_ENDS_SENTENCE) or (plain[0].islower() and not mark)
            whole.append(ChatSpan(" " if goes_on else "; " if mark else " / "))
        whole += [span for span in line if span.text]
        said = plain
    return whole


def _lines(words: Iterable[ChatSpan]) -> Iterator[list[ChatSpan]]:
    line: list[ChatSpan] = []
    for span in words:
        if span.is_code:
            line.append(replace(span, text=clean(span.text)))
            continue
        first, *others = span.text.split("\n")
        line.append(replace(span, text=first))
        for text in others:
            yield line
            line = [replace(span, text=text)]
    yield line


def _joined(spans: Sequence[ChatSpan]) -> Markdown:
    """Put spans behind each other: plain ones together, a space where one stood between two."""
    wording = ""
    values: dict[str, str] = {}
    shown = ""
    for at, span in enumerate(spans):
        if not clean(span.text):
            wording += " " if span.text and not wording.endswith(" ") else ""
            shown = f"{shown} "
            continue
        before = shown[-1:] or " "
        behind = next((one.text[0] for one in spans[at + 1 :] if one.text), " ")
        gaps = span.text[0].isspace(), span.text[-1].isspace()
        wording += " " if gaps[0] and not wording.endswith(" ") else ""
        name = f"w{at}"
        values[name] = _shown(span, " " if gaps[0] else before, " " if gaps[1] else behind)
        wording += f"{{{name}}}{' ' if gaps[1] else ''}"
        shown += span.text
    return say(wording.strip(), **values)


def _shown(span: ChatSpan, before: str, behind: str) -> str:
    """Give a span's Markdown, or its text where there is nothing to it."""
    text = clean(span.text)
    if span.is_code:
        return _code(text)
    if span.url and span.url != text:
        return link(text, span.url)
    if not (span.is_strong or span.is_struck):
        return text
    whole_words = text[0].isalnum() and text[-1].isalnum()
    if not whole_words or before not in _BEFORE or behind not in _BEHIND:
        return text  # marks would be read otherwise there
    mark = "**" if span.is_strong else "~~"
    return Markdown(f"{mark}{escape(text)}{mark}")


def _code(text: str) -> str:
    """Give code as code, unless a letter in it would end that, or what a table makes of it."""
    if "`" in text or ("|" in text and "\\" in text):
        return text
    return Markdown(f"`{text.replace('|', chr(92) + '|')}`")
