"""Unit tests: of a mail its own words are told, however it was sent."""

import base64

import pytest

from connectors.pagerduty.common_payloads import flat
from connectors.pagerduty.senders.own_words import own_words
from connectors.pagerduty.senders.words_as_sent import mail_words


def words_of(details: object, summary: str) -> str:
    return own_words(details, flat(details), summary)


WORDS = "The gateway answers with 503.\nCall Ada."


def _parts(*parts: str) -> str:
    return "".join(f"--=_b1\r\n{part}\r\n" for part in parts) + "--=_b1--\r\n"


PLAIN = "Content-Type: text/plain; charset=UTF-8\r\n\r\nThe gateway answers with 503.\r\nCall Ada."
HTML = "Content-Type: text/html\r\n\r\n<p>The gateway answers with <b>503</b>.</p><p>Call Ada.</p>"
ENCODED = (
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(WORDS.encode()).decode()
)


@pytest.mark.parametrize(
    "body",
    [
        WORDS,
        _parts(PLAIN, HTML),
        _parts(HTML),
        _parts(ENCODED),
        f"This is a multi-part message in MIME format.\r\n{_parts(PLAIN)}",
        _parts('Content-Type: multipart/alternative; boundary="in"\r\n\r\n--in\r\n'
               f"{PLAIN}\r\n--in--"),
        _parts("Content-Disposition: attachment\r\nContent-Type: text/plain\r\n\r\nlog", PLAIN),
        f"MIME-Version: 1.0\r\n{HTML}",
        base64.encodebytes(WORDS.encode()).decode(),
        f"{WORDS}\n\n> Is it up?\n> Ben",
        f"{WORDS}\n\nOn Mon, 2 Feb 2026, Ben <ben@example.com> wrote:\n\n> Is it up?",
        f"---------- Forwarded message ---------\nDate: Mon\nSubject: Down\nTo: <x@example.com>\n\n{WORDS}",
        "> The gateway answers with 503.\n> Call Ada.",
        f"[EXTERNAL]\nCAUTION: This e-mail came from outside of the house. Be careful.\n\n{WORDS}",
        f"{WORDS}\n\nOn Mon, 2 Feb 2026, The Support Team\n<s@example.com> wrote:\n\n> Is it up?",
        f"{WORDS}\n\nAm 2. Feb. 2026 schrieb Ben:\nIst es wieder da?",
        "<p>The gateway answers with 503.</p><p>Call Ada.</p><div>On Mon, Ben &lt;b@example.com&gt; "
        "wrote:<br></div><blockquote><div>Is it up?</div></blockquote>",
        f"{WORDS}\n\nFrom: Ben <b@example.com>\nSent: Monday\nTo: x@example.com\nSubject: RE: Up?\n\nIs it up?",
        f"{WORDS}\n\n{'_' * 32}\nFrom: Ben\nSent: Monday\nTo: x\nCc: y\nSubject: Up?\n\nIs it up?",
        f"{WORDS}\n\n-----Original Message-----\nFrom: Ben\nIs it up?",
        f"{WORDS}\n\n*Von:* Ben <b@example.com>\n*Gesendet:* Montag\n*An:* x\n*Betreff:* Da?\n\nGeht es?",
        f"{WORDS}\n\n-----Urspr\u00fcngliche Nachricht-----\nVon: Ben\n\nGeht es?",
        f"{WORDS}\n\nDe\u00a0: Ben\nEnvoy\u00e9\u00a0: lundi\n\u00c0\u00a0: x\nObjet\u00a0: RE\n\n\u00c7a marche ?",
        "<p>The gateway answers with 503.</p><p>Call Ada.</p><div><p><b>From:</b> Ben<br>"
        "<b>Sent:</b> Monday<br><b>To:</b> x<br><b>Subject:</b> Up?</p></div><p>Is it up?</p>",
        f"{WORDS}\n-- \nBen",
        f"{WORDS}\n\n____________\nThis e-mail is confidential and for its recipient alone.",
        f"{WORDS}\nThis email and any attachments are confidential.",
    ],
)  # fmt: skip
def test_a_mails_words_are_the_same_however_it_is_sent(body: str) -> None:
    assert mail_words(body) == WORDS


@pytest.mark.parametrize("body", [
    "--- a line of dashes ---\nContent is late",
    "Reallylongsinglewordwithoutspaces",
    "Subject: none of my business\nTo: do: restart",
    "Host: web-1\nFrom: 10.0.0.1\nTo: 10.0.0.2\nPacket loss 40%",
    "The queue is stuck.\n--- original state: up",
    "Warning: email service outside of the EU fails for all users",
    "Warning: message queue external consumer lag is 40000",
    "This email server rejects all privileged accounts.",
    "Disclaimer page of the shop returns 500.\nIn all countries.",
    "Do not click links on the status page, they are broken.",
    "____________\nA table is below",
    "Ada wrote: restart it",
    "On Monday Ada wrote:\nrestart it",
    "External checks fail",
    "Caution: the disk is external",
    "ABCDEFGHIJKLMNOPQRSTUVWX",
    "Packets are lost on their way.\nFrom: web-1\nTo: web-2\nLoss: 40%",
    "The mail was not sent to them.\nSubject: Your bill\nFrom: x@example.com\nIt bounced.",
    "The original message was lost in the queue, twice.",
])  # fmt: skip
def test_no_words_are_lost_that_only_look_like_how_a_mail_is_sent(body: str) -> None:
    assert mail_words(body) == body


def test_who_wrote_what_was_sent_on_is_told() -> None:
    body = "\n\nFrom: Jo <jo@example.com>\nSent: Monday\nTo: x@example.com\nSubject: Down\n\n> No cards."
    assert mail_words(body) == "From: Jo <jo@example.com>\nNo cards."


@pytest.mark.parametrize(
    "own",
    [
        "FYI",
        "Hi all,\nsee below",
        "Could you please restart it?",
        "Checkout is down for everybody, see the mail below.",
    ],
)
@pytest.mark.parametrize(
    "above", ["", f"{'_' * 32}\n", "-----Original Message-----\n", "Begin forwarded message:\n\n"]
)
def test_what_somebody_sends_on_is_told_with_who_wrote_it(own: str, above: str) -> None:
    sent = "From: Jo <jo@example.com>\nSent: Monday\nTo: x@example.com\nSubject: Down\n\nNo cards."
    told = f"{own}\nFrom: Jo <jo@example.com>\nNo cards."
    assert mail_words(f"{own}\n\n{above}{sent}") == told


BELOW = {
    "en": "From: Jo <jo@example.com>\nSent: Monday\nTo: x\nSubject: Down\n\nNo cards.",
    "de": "Von: Jo <jo@example.com>\nGesendet: Montag\nAn: x\nBetreff: Down\n\nNo cards.",
    "bounced": "----- Original message -----\nFrom: m\nTo: x\nSubject: Down\n\nNo cards.",
    "monitor": "From: 10:00\nTo: 10:05\nSubject: checkout\nNo cards.",
}


@pytest.mark.parametrize("subject", ["Checkout is down", "FW: Checkout", "WG: Checkout", "Res: 5"])
@pytest.mark.parametrize("below", BELOW)
def test_what_stands_below_headings_is_told_of_a_mail_that_is_no_answer(
    below: str, subject: str
) -> None:
    assert "No cards." in mail_words(f"{WORDS}\n\n{BELOW[below]}", subject)
    sent = {"subject": subject, "from": "m@example.com", "body": f"{WORDS}\n\n{BELOW[below]}"}
    assert "No cards." in words_of(sent, subject)


@pytest.mark.parametrize("subject", ["Re: Down", "AW: Down", "[EXT] RE[2]: Down", "SV : Down", ""])
@pytest.mark.parametrize("below", ["en", "de"])
def test_what_an_answer_answers_is_not_told(below: str, subject: str) -> None:
    assert mail_words(f"{WORDS}\n\n{BELOW[below]}", subject) == WORDS


@pytest.mark.parametrize(
    "body",
    [
        "",
        " \n ",
        _parts("Content-Type: image/png\r\n\r\n"),
        _parts("Content-Type: text/plain\r\n\r\n", "Content-Type: image/png\r\n\r\niVBORw0K"),
    ],
)
def test_a_mail_may_say_nothing(body: str) -> None:
    assert mail_words(body) == ""


def test_words_of_an_unusual_kind_of_part_are_told_as_they_came() -> None:
    assert WORDS.splitlines()[0] in mail_words(_parts(f"Content-Type: text/x-log\r\n\r\n{WORDS}"))


def test_a_mails_alert_says_what_the_mail_does() -> None:
    sent = {"subject": "Gateway", "from": "m@example.com", "body": f"{WORDS}\n-- \nBen"}
    assert words_of(sent, "Gateway") == WORDS
    assert words_of({**sent, "body": "", "from_name": "Monitor"}, "Gateway") == ""


@pytest.mark.parametrize(
    "piece",
    [
        "_",
        "From:\n",
        "> ",
        "wrote ",
        "wrote:\n",
        "--a\r\nContent-",
        "AAAA ",
        ">\n",
        "___\n",
        "From: @",
        "From: a\nTo: b\n",
    ],
)
def test_no_mail_is_too_long_to_read(piece: str) -> None:
    assert mail_words(f"Gateway is down.\n{piece * 40_000}").startswith("Gateway is down.")
    mail_words(f"{piece * 40_000}!")


def test_no_gap_in_a_mail_is_too_long_to_read() -> None:
    assert mail_words(f"{'A' * 24}{' ' * 100_000}.").startswith("A" * 24)
