"""Unit tests: what people, mails and monitors write is read in words, not in their marks."""

import pytest

from connectors.pagerduty.common_payloads import written
from connectors.pagerduty.written_text import title, unquoted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "<p>Back &amp; <b>fine</b></p><ul><li>EU</li><li>US</li></ul>",
            "Back & fine\n- EU\n- US",
        ),
        (
            "<p>See</p><a href='https://desk.example.com/7'>INC7</a>",
            "See\nINC7 (https://desk.example.com/7)",
        ),
        ("[code]<p>From the desk</p>[/code]", "From the desk"),
        ("drop <table> once <pod> is gone; a < b && c > d", None),
        ("Wait 5 min <br> then retry", "Wait 5 min\nthen retry"),
        (
            "See [the board](https://g.example.com/d?a=1&b=2) and ![p99](https://i.example.com/p.png).",
            "See the board (https://g.example.com/d?a=1&b=2) and p99 (https://i.example.com/p.png).",
        ),
        (
            "[a](https://x.example.com/a_(b)), [](https://y.example.com)",
            "a (https://x.example.com/a_(b)), https://y.example.com",
        ),
        ("[https://x.example.com](https://x.example.com)", "https://x.example.com"),
        ("<https://x.example.com/7|the page> is up", "the page (https://x.example.com/7) is up"),
        ("Ran:\n```bash\ndf -h | tail\n```\nfull", "Ran:\ndf -h | tail\nfull"),
        ("| zone | errors |\n|---|:-:|\n| EU | 12% |", "zone | errors\nEU | 12%"),
        ("df -h | tail\n---\na | b", None),
        (
            "## Next\n- [ ] drain it\n- [x] page Ada\n# of hosts: 5",
            "Next:\n- drain it\n- [x] page Ada\n# of hosts: 5",
        ),
        (
            "**Update:** 2**3 is 8, src/**/x, __init__.py",
            "Update: 2**3 is 8, src/**/x, __init__.py",
        ),
        ('{"status": "ok", "checks": [{"name": "db"}]}', "status: ok; checks.1.name: db"),
        (
            "## Root cause\nDisk\n\n**Next steps**\n- look",
            "Root cause:\nDisk\n\nNext steps:\n- look",
        ),
        ("**It is back**", "It is back"),
        ("Resolution Note: ### Fixed!\nBy hand", "Resolution Note: Fixed!\nBy hand"),
        (
            "(https://k.example.com/#/d?_a=(q:'a|b',x:[1])). 'https://k.example.com/?x=1'|y",
            "(https://k.example.com/#/d?_a=(q:%27a%7Cb%27,x:%5B1%5D)). 'https://k.example.com/?x=1'|y",
        ),
        ("['https://a.example.com','https://b.example.com']", None),
        (
            "h3. State\n{code:bash}\nls\n{code}\nSee [OPS-1|https://jira.example.com/OPS-1|smart-link]",
            "State:\nls\nSee OPS-1 (https://jira.example.com/OPS-1)",
        ),
        ('Checks:\n{"db": {"ok": true}}', "Checks:\ndb.ok: true"),
        ('Hosts:\n[\n"db-1", "db-2"\n]', "Hosts:\ndb-1, db-2"),
        ('[{"db": "up"}, {"db": "down"}]', "1.db: up; 2.db: down"),
        ("<p>Drain <pod> in <b>EU</b></p>", "Drain <pod> in EU"),
        ("See <https://s.example.com/1>.", "See https://s.example.com/1."),
        ("Up\n<b>EU</b>\nUS", "Up\nEU\nUS"),
        ("{not JSON}", None),
        ("[{}]", None),
        ('{"a":' * 20 + '"deep"' + "}" * 20, None),
        ('Zones:\n[\n  "eu",\n  "us"\n]', "Zones:\neu, us"),
        ("{color:red}down{color} in EU, {color:green}up{color} in US", "down in EU, up in US"),
        ("answered with status {code} to all", None),
        ("||Board||State||\n|https://g.example.com/d?x=1|ok|", None),
        (
            "https://a.example.com/?b=[1]|https://c.example.com/?d=2",
            "https://a.example.com/?b=%5B1%5D|https://c.example.com/?d=2",
        ),
        ("[https://a.example.com/?b=1],[https://c.example.com/?d=2]", None),
        ("(at https://a.example.com/?b=(c).)", None),
        ("[EU] is back", None),
    ],
)
def test_what_is_written_is_told_in_words(text: str, words: str | None) -> None:
    assert written(text) == (text if words is None else words)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("=?UTF-8?Q?St=C3=B6rung:_Platte_voll?= on db-1", "Störung: Platte voll on db-1"),
        ("Fwd: =?utf-8?b?RGF0ZW5iYW5r?=\r\n =?utf-8?b?IGzDpHVmdA==?=", "Fwd: Datenbank läuft"),
        ("=?nowhere-1?Q?a?= =?utf-8?B?!?=", None),
        ("=?UTF-8?B?abcde?= on db-1", None),
        ("CPU &gt; 90% &amp;amp; &quot;disk&quot;", 'CPU > 90% & "disk"'),
        ("GET /?a=1&copy=2 fails", None),
        ("Disk full\\nHost: db-1\\n", "Disk full\nHost: db-1\n"),
        ("CORP\\nina is locked", None),
        ("C:\\new\\nas is full", None),
        ("<b>Critical</b>: queue", "Critical: queue"),
        ("<none> of 3 hosts is up", None),
    ],
)
def test_a_title_is_read_as_it_was_meant(text: str, meant: str | None) -> None:
    assert title(text) == (text if meant is None else meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "Caf=C3=A9 is down=\r\n: https://shop.example.com/e?id=3D7",
            "Café is down: https://shop.example.com/e?id=7",
        ),
        ("https://shop.example.com/e?id=20&x=AB=CD", None),
        ("na=EFve=E4=F6", None),
        ("Alert\n=====\nHosts=\ndb-1", None),
        ("USER=ada\nHOST=\nPORT=5432", None),
        ("one=\n\ud800", None),
    ],
)
def test_a_mail_that_is_still_encoded_is_read(text: str, meant: str | None) -> None:
    assert unquoted(text) == (text if meant is None else meant)


@pytest.mark.parametrize("piece", ["http://", "'http://a?", "http://a?)))", "## a\n", "=?a?Q?"])
def test_a_long_text_is_read_to_its_end(piece: str) -> None:
    text = piece * (100_000 // len(piece)) + "end"
    assert written(text).endswith("end")  # in the square of its length it took 20 s
    assert title(text).endswith("end")
