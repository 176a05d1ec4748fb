"""What somebody sent from the editor, so that no answer is without it, whatever was the matter.

A save may be refused before the editor has looked at it: a session has ended, a role was taken
away, a proxy on the way changed a header, the database is away. Browsers show nothing of what they
sent.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote_plus

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from worker.web.limits.request_limits import BODY_LIMIT, BodiesTooMany, BodyTooLarge, read_body

_FROM_THE_EDITOR = re.compile(r"(/postmortems/[A-Za-z0-9]+/edit)(?:/preview|/pictures|/signed-in)?")
_BOUNDARY = re.compile(
    r'multipart/form-data\b.*\bboundary="?([\w\'()+,./:=?-]{1,70})"?', re.IGNORECASE
)
_MOST_FIELDS = 20
_PIECE = 65_536
"""Bytes of a form that are read before its parts are counted: a part costs more than a byte."""
_LONGEST = 2 * BODY_LIMIT
"""Bytes of a form that is read from anybody; who is signed in may send more."""


@dataclass(frozen=True, slots=True)
class SentWords:
    """What was sent, and ``place``, the editor's address; the other fields as it had them.

    What another site may have made up is shown, and not offered to be saved.
    """

    place: str
    text: str
    base: str = ""
    draft: str = ""
    section: str = ""
    may_be_saved: bool = True


def fields_of(request: Request, raw: bytes) -> dict[str, str]:
    """Give what a form holds, and keep it with the request; a name that comes twice has its last.

    A picture that comes with it is kept as ``picture`` in the request's state. Raises
    ``ValueError`` for what is no form.
    """
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    try:
        if boundary is not None:
            fields = _parts(request, raw, boundary[1].encode())
        else:
            found = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
            fields = {name: values[-1] for name, values in found.items()}
    except ValueError:
        request.state.sent = _words_in(raw, boundary[1].encode() if boundary else b"")
        raise
    request.state.sent = fields
    return fields


_KEPT = ("text", "base", "draft", "section")
"""The fields of a form that is refused without which its answer would lack words."""


def _words_in(raw: bytes, boundary: bytes) -> dict[str, str]:
    """Find what must not be lost in a form that cannot be read as one: the last of each name."""
    fields = {}
    for name in _KEPT:
        if boundary:
            head = rb'\bname="%b"[^\r\n]*\r\n\r\n' % name.encode()
            behind = re.split(head, raw)
            found = behind[-1].split(b"\r\n--" + boundary, 1)[0] if behind[1:] else b""
            fields[name] = found.decode(errors="replace")
        else:
            *_, found = (b"", *re.findall(rb"(?:^|&)%b=([^&]*)" % name.encode(), raw))
            fields[name] = unquote_plus(found.decode(errors="replace"))
    return fields


@dataclass(slots=True)
class _SentPart:
    """A part of a form with a file in it, as far as it has come."""

    header: bytes = b""
    disposition: bytes = b""
    content: bytearray = field(default_factory=bytearray)

    def tell(self, value: bytes) -> None:
        """Take in a piece of the value of its header."""
        if self.header.lower() == b"content-disposition":
            self.disposition += value


def _parts(request: Request, raw: bytes, boundary: bytes) -> dict[str, str]:
    """Read a form with a file in it (RFC 7578); of what is cut off, what has come."""
    fields: dict[str, str] = {}
    for part in _read_parts(raw, boundary):
        _, options = parse_options_header(part.disposition)
        name = options.get(b"name", b"").decode()
        if not name:
            continue
        if b"filename" in options:
            request.state.picture = bytes(part.content)
        else:
            fields[name] = part.content.decode()
    return fields


def _read_parts(raw: bytes, boundary: bytes) -> list[_SentPart]:
    parts: list[_SentPart] = []

    def named(data: bytes, start: int, end: int) -> None:
        parts[-1].header += data[start:end]

    def told(data: bytes, start: int, end: int) -> None:
        parts[-1].tell(data[start:end])

    def ended() -> None:
        parts[-1].header = b""

    def came(data: bytes, start: int, end: int) -> None:
        parts[-1].content += data[start:end]

    reader = MultipartParser(
        boundary,
        {
            "on_part_begin": lambda: parts.append(_SentPart()),
            "on_header_field": named,
            "on_header_value": told,
            "on_header_end": ended,
            "on_part_data": came,
        },
    )
    for start in range(0, len(raw), _PIECE):
        reader.write(raw[start : start + _PIECE])
        if len(parts) > _MOST_FIELDS:
            raise ValueError("it has more fields than any form of ours")
    return parts


def picture_of(request: Request) -> bytes:
    """Give the picture that came with a form, b"" where none did."""
    found: bytes = getattr(request.state, "picture", b"")
    return found


def words_of(request: Request) -> SentWords | None:
    """Give what a request from the editor has sent, None where nothing is known."""
    place = _FROM_THE_EDITOR.fullmatch(request.url.path)
    fields: dict[str, str] = getattr(request.state, "sent", {})
    if not place or not fields.get("text"):
        return None
    own = not getattr(request.state, "is_foreign", False)
    base, draft, section = (fields.get(name, "") for name in ("base", "draft", "section"))
    return SentWords(place[1], fields["text"], base, draft, section, own)


async def read_words(request: Request) -> None:
    """Read what a request from the editor has sent, if nobody has yet and it can be read."""
    if request.method != "POST" or not _FROM_THE_EDITOR.fullmatch(request.url.path):
        return
    if hasattr(request.state, "sent"):
        return
    try:
        raw = await read_body(request, _LONGEST)
        fields_of(request, raw)
    except (BodiesTooMany, BodyTooLarge, ClientDisconnect, RuntimeError, TimeoutError, ValueError):
        return  # then the answer is without it; RuntimeError: it was read, and was no form
