"""Sentences that people wrote, and what each tells by its own words: a cause, an impact, a step.

No more is read than words say. What a sentence tells is a candidate for a section, which people
confirm or delete; what no rule knows stays in the timeline alone. The words are English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from worker.content.clean_text import joined_lines

_LIST_MARK = re.compile(r"(?:[-*+\u2022\u2013]|\d{1,3}[.)])\s+")
_END = re.compile(
    r"(?<![.!?])[.!?]++[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*(?:[^\W_a-z]|[a-z][a-z_-]*\d))"
    r"|[\u3002\uff01\uff1f]"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|no|nr|ca|resp|incl|excl|mr|mrs|ms|dr|st)|(?-i:(?:^|\s)[A-Z]))\.$",
    re.IGNORECASE,
)
_LONGEST_READ = 600
"""Characters of a sentence that are looked at."""


class Theme(Enum):
    """What a sentence tells."""

    CAUSE = "cause"
    BUSINESS = "business"
    """Money, contracts, complaints."""
    USERS = "users"
    """Who was hit."""
    EXTENT = "extent"
    """How much failed."""
    OUTAGE = "outage"
    """That something does not work, as those see it who use it."""
    STEP = "step"
    """What somebody did to the systems, or decided."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it was written, with its list mark, and what it tells.

    ``cause`` is the part of it that names a cause, where it tells of something else besides.
    """

    text: str
    theme: Theme | None = None
    cause: str = ""

    @property
    def words(self) -> str:
        """What two sentences that say the same have in common."""
        return re.sub(r"\W+", " ", self.text).strip().casefold()


def sentences(text: str) -> Iterator[Sentence]:
    """Split a text into sentences; a line that does not go on in lower case begins another."""
    for line in joined_lines(text):
        at = 0
        for found in _END.finditer(line):
            if not _ABBREVIATED.search(line, at, found.start() + 1):
                yield _read(line[at : found.end()].strip())
                at = found.end()
        if line[at:].strip():
            yield _read(line[at:].strip())


def is_listed(line: str) -> bool:
    """Tell whether a line is an entry of a list."""
    return _LIST_MARK.match(line) is not None


def _read(text: str) -> Sentence:
    said = _LIST_MARK.sub("", text, count=1)[:_LONGEST_READ]
    if said.endswith("?"):
        return Sentence(text)
    labelled = next((theme for theme, label in _LABELS if label.match(said)), None)
    if labelled is not None:
        return Sentence(text, labelled)
    cause = _cause(said)
    if (cause or _BECAUSE.search(said)) and _OF_HANDLING.search(said):
        return Sentence(text, Theme.STEP if _is_step(said) else None)
    if _is_step(said):
        return Sentence(text, Theme.STEP, cause)
    if cause:
        return Sentence(text, Theme.CAUSE)
    return Sentence(text, _impact(said))


_LABELS = (
    (Theme.CAUSE, re.compile(r"\W*(?:cause|reason|rca|trigger)\s*[:=]\s*\S", re.IGNORECASE)),
    (Theme.BUSINESS, re.compile(r"\W*business impact\s*[:=]\s*\S", re.IGNORECASE)),
    (
        Theme.USERS,
        re.compile(
            r"\W*(?:(?:users?|customers?|clients?)[ -](?:impact|affected|impacted)"
            r"|(?:affected|impacted) (?:users|customers|clients)|impact)\s*[:=]\s*\S",
            re.IGNORECASE,
        ),
    ),
    (
        Theme.STEP,
        re.compile(
            r"\W*(?:fix|(?:hot|work)[ -]?(?:fix|around)|mitigation|action taken|actions taken"
            r"|remediation|decision|decided)\s*[:=]\s*\S",
            re.IGNORECASE,
        ),
    ),
)
"""What a sentence says of itself: ``Impact: 12 % of customers``."""

_BECAUSE = re.compile(
    r"\b(?:because(?: of)?|caused by|due to(?! (?:be|start|finish|begin|end|expire|run|land)\b)"
    r"|owing to|as a result of|result(?:s|ed) from|stems? from|stemmed from)\s+(?P<cause>\S.*)",
    re.IGNORECASE,
)
_NAMES_CAUSE = re.compile(
    r"\b(?:root cause|(?:the|one|its|likely|probable|actual|underlying) cause|the reason)\b"
    r"(?! analysis)(?!.*\b(?:unknown|unclear|not (?:yet )?(?:known|clear|found|identified))\b)"
    r"|\bculprit\b|\bto blame\b|\bturned out\b|\bis what broke\b",
    re.IGNORECASE,
)
_NO_CAUSE = re.compile(
    r"\b(?:not|n't|never|unclear|unknown|whether|if|rul(?:ed|ing) out|no)\b[^,;]{0,40}"
    r"\b(?:because|caused by|due to|owing to|the cause|root cause|the reason|to blame)\b"
    r"|\b(?:looking for|investigating|searching for|find|identify|determine|confirm) "
    r"(?:the |its |a )?(?:root |likely )?cause\b"
    r"|^\W*(?:(?:i am|i'm|we are|we're)\s+)?(?:escalat|pag|ask|assign|reassign|resolv|clos|merg"
    r"|snooz|acknowledg|downgrad|upgrad|invit|join|hand|call)(?:ed|ing|es|s|e)?\b"
    r"|\bno (?:customer |user |client )?impact\b|\bapolog|\bsorry\b|\binconvenience\b",
    re.IGNORECASE,
)
"""Denials, searches, apologies, and why people handled the incident as they did."""

_OF_HANDLING = re.compile(
    r"\bpag(?:ed|ing|er)\b|\b(?:missed \w+|second|first) pages?\b|\bpages? (?:never|did|went)\b"
    r"|\b(?:wiki|run-?book|play-?book|on-?call|escalation|dial(?:led)?[ -]?in|rota|roster|PINs?)\b"
    r"|\b(?:conference|bridge|video) (?:call|bridge|line|link|number|room)\b|\btriage\b"
    r"|\b(?:diagnosis|hand-?over|responders?|status (?:page|update)s?)\b"
    r"|\b(?:not|n't|could|i|we|he|she|they|nobody|to) join(?:ed)?\b"
    r"|\b(?:i|we|he|she|they|nobody|no one)\b (?:\S+ )?"
    r"(?:respond|answer|wait|notic|saw|learnt|miss|slept|react)"
    r"|\b(?:on|in) (?:vacation|holidays?|sick leave|pto|an? (?:train|plane|flight|meeting|call))\b"
    r"|\b(?:asleep|sick|out of office|ooo|afk|commuting|off duty|phone)\b"
    r"|\b(?:i|he|she|they|nobody|no one|people) (?:(?:was|were|is|are|am) )?"
    r"(?:away|offline|late|available|unavailable|around)\b"
    r"|\b(?:i|we|he|she|they|nobody|no one) (?:ha[sd]|have|lacks?) (?:no )?(?:access|rights|vpn)\b",
    re.IGNORECASE,
)
"""People, and what they work with to handle an incident: no part of what failed."""


def _cause(said: str) -> str:
    """Give the part of a sentence that tells a cause, "" where it tells none."""
    if _NO_CAUSE.search(said):
        return ""
    if found := _BECAUSE.search(said):
        return found["cause"]
    return said if _NAMES_CAUSE.search(said) else ""


_DID = (
    r"(?:re-?start|re-?boot|re-?deploy|re-?schedul|re-?direct|re-?rout|re-?index|re-?build|re-?plac"
    r"|re-?configur|re-?siz|re-?enabl|re-?balanc|re-?load|re-?cycl|re-?play|restor|renew|rotat"
    r"|scal|disabl|enabl|switch|drain|purg|flush|clear|empty|empti|delet|remov|dropp|prun|free"
    r"|rais|lower|increas|decreas|reduc|doubl|extend|expand|upgrad|downgrad|patch|hot-?fix|fix"
    r"|repair|migrat|mov|point|repoint|paus|resum|reset|isolat|quarantin|cordon|evict|promot|demot"
    r"|truncat|bump|unpinn|pinn|appli|apply|mitigat|execut|launch|provision|mount|unmount|cancel"
    r"|abort|freez|lock|unlock|swapp|fenc|tun|configur|install|uninstall|vacuum|throttl|limit"
    r"|block|unblock|kill|add|deploy|releas|revert|roll|fail|turn|shut|bring|power|tak|trimm"
    r"|cut|updat|chang|push|ship|set|put)(?:e?d|ing|ting)"
    r"|merg(?:ed|ing) (?:\S+ ){0,3}(?:pr|mr|pull|fix|hot-?fix|change|branch|patch|revert)\b"
    r"|(?:start|stopp|runn)(?:ed|ing)|ran|brought|took|shut|rebuilt|reset|set|put|cut|froze|rerun"
)
_NO_STEP = (
    r"(?:(?:fail|roll|turn|shut|bring|power|tak|cut)(?:ed|ing|ting)|brought|took|cut|shut)\b"
    r"(?! (?:\S+ ){0,4}(?:over|back|off|on|down|up|out|forward|away)\b)"
    r"|(?:add|updat|chang|set|mov|rais|lower|bump|put|cancel)(?:e?d|ing|ting)?\s+(?:[^\s.,;]+\s+){0,3}"
    r"(?:priority|severity|sev-?\d|urgency|status|statuspage|incident|title|tickets?|issue|jira|slack"
    r"|channel|bridge|responders?|on-?call|assignee|escalation|stakeholders|timeline|docs?|notes?)\b"
    r"|(?:start|stopp|runn|ran)(?:ed|ing)?(?:\W*$|[,.;]|\s+(?:\w+ing\b|at\b|to\b|from\b|by\b|after\b|around\b|out\b"
    r"|into\b|with\b|when\b|again\b|low\b|high\b|slow|fine\b|normal|responding|in\b))"
    r"|(?:rais|increas|reduc|decreas|lower|block|limit|add|clear|dropp|chang)(?:ed|ing)\s+(?:error"
    r"|latenc|load\b|traffic|response|5xx|cpu\b|rate|number|volume|failure|timeout|availab|perform)"
)
_STEP = re.compile(
    r"(?:^\W*|[;,:.]\s+|\b(?:and|then|now|also|just|i|we|i've|we've|have|i'm|we're|are|am"
    r"|manually|temporarily|already|successfully|by)\s+)"
    rf"(?!{_NO_STEP})(?:{_DID})\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|has|have|got)\s+(?:now\s+)?(?:restarted|rebooted|rolled back|reverted"
    r"|scaled|failed over|disabled|re-?enabled|redeployed|patched|renewed|rotated|reindexed"
    r"|replaced|restored|rerouted|redirected|drained|upgraded|downgraded|switched"
    r"|increased to|raised to)\b"
    r"|\b(?:re-?start|re-?boot|roll-?back|fail-?over|re-?deploy|revert)(?:ed)? (?:did|done|complete"
    r"|finished|helped|worked|in progress|has|by hand|manually|started|of)\b"
    r"|\b(?:fix|patch|hot-?fix|workaround|roll-?back|update|change|configuration|mitigation|release)"
    r" (?:(?:is|was|has been|got|now) ){0,2}(?:deployed|applied|rolled out|released|live|in place"
    r"|merged|shipped)\b"
    r"|\b\w+(?:ed|t|k) (?:\S+ ){0,4}(?:by hand|manually)\b"
    r"|\b(?:we|i|team|they) (?:have )?(?:decided|agreed|chose)\b"
    r"|^\W*(?:decided|agreed) (?:to|that|on)\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"^\W*(?:please|todo|do not|don't)\b"
    r"|\b(?:should|could|would|might|must|needs?(?: to)?|shall|if we|can we|may need|ought)\b"
    r"|\bkeeps? (?:on )?\w+ing\b",
    re.IGNORECASE,
)


def _is_step(said: str) -> bool:
    """Tell whether somebody says what was done to the systems, or decided."""
    if _PASSIVE.search(said):
        return not said.lower().lstrip().startswith(("please", "todo"))
    found = _STEP.search(said)
    return found is not None and _NOT_DONE.search(said, 0, found.end()) is None


WHO = (
    r"(?:users|customers|clients|merchants|visitors|guests|tenants|members|players|shoppers|buyers"
    r"|sellers|patients|students|employees|agents|subscribers|passengers|drivers|partners|people"
    r"|accounts|staff|readers|viewers|travell?ers|patrons|households)"
)
"""A pattern for those whom an incident hits."""
_USERS = re.compile(
    rf"\b{WHO}\b|\b(?:an?|one|each|every|no|any|some)\s+(?:\w+\s)?(?:customer|user|client)\b"
    r"|\b(?:customer|user)[ -](?:impact|facing impact)\b"
    r"|\b(?:nobody|no one|everybody|everyone) c(?:an|ould)",
    re.IGNORECASE,
)
_NOT_USERS = re.compile(
    r"^\W*(?:informed|told|notif|emailed|e-mailed|contact|ask|updat|tell|inform|call|request|pag"
    r"|invit|apologi)\w*\b"
    r"|\bapolog|\bsorry\b|\binconvenience\b|\bthank"
    r"|\b(?:inform|notif|tell|contact|e-?mail)\w*\b.*\b(?:users|customers|clients)\b"
    r"|\b(?:users|customers|clients)\b.*\b(?:informed|notified|told|contacted|e-?mailed)\b"
    r"|\b(?:service|db|database|test|admin) accounts\b|\bthe (?:right|on-call) people\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$\u20ac\u00a3\u00a5]\s?\d|\d\s?(?:[$\u20ac\u00a3\u00a5]|(?:usd|eur|gbp|chf|jpy|dollars?|euros?|pounds)\b)"
    r"|\b(?:revenue|refunds|refunded|sla|slas|penalt(?:y|ies)|turnover|compensation|chargebacks?"
    r"|complaints?|lost (?:sales|orders|bookings)|sales lost|contractual|gmv)\b"
    rf"|\b{WHO}\b.*\bcomplain(?:ed|ing)?\b",
    re.IGNORECASE,
)
_EXTENT = re.compile(
    r"\d\s?(?:%|percent\b|per cent\b)|\b(?:half|all|most|a third|a quarter) of\b", re.IGNORECASE
)
_OF_WORK = re.compile(
    r"\b(?:request|call|order|checkout|payment|login|log-in|sign-?in|session|transaction|traffic"
    r"|booking|quer(?:y|ies)|message|mail|job|upload|download|page|build|search|delivery|deliveries"
    r"|error rate|availability|success rate)(?:s|es)?\b.*\b(?:fail|error|drop|lost|time|slow|down"
    r"|unavailable|reject|refus|affect|impact|delay|wrong|stuck|cannot|missing)"
    r"|\b(?:error rate|errors|failure rate|failures|availability|success rate)\b"
    r"|\b(?:fail|error|drop|lost|losing|slow|down|unavailable|reject|refus|affect|impact|delay).*"
    r"\b(?:request|call|order|checkout|payment|login|session|transaction|traffic|booking|quer"
    r"|message|mail|upload|download|page|search|deliver)",
    re.IGNORECASE,
)


_OUTAGE = re.compile(
    r"\b(?:cannot|can not|can't|unable to|unavailable|not available|unreachable|outage|degraded"
    r"|(?:is|are|was|were) (?:down|failing|slow|broken|offline)|fail(?:s|ing)"
    r"|do(?:es)? not work)\b",
    re.IGNORECASE,
)


_FAILS = re.compile(
    r"\b(?:fail|cannot|can't|unable|unavailable|down|lost|reject|refus)", re.IGNORECASE
)
_RECOVERED = re.compile(
    r"\b(?:again|recover(?:s|ed|ing)?|back to normal|restored|no longer|resolved|works? now|is over"
    r"|are back|is back)\b",
    re.IGNORECASE,
)


def _impact(said: str) -> Theme | None:
    if _RECOVERED.search(said) and not _FAILS.search(said):
        return None
    if _MONEY.search(said):
        return Theme.BUSINESS
    if _NOT_USERS.search(said):
        return None
    if _USERS.search(said):
        return Theme.USERS
    if _EXTENT.search(said) and _OF_WORK.search(said):
        return Theme.EXTENT
    return Theme.OUTAGE if _OUTAGE.search(said) else None
