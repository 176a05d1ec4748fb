"""A form with a picture in it, whole or odd: what was written in it is known in any case."""

import pytest
from starlette.requests import Request

from worker.web.visitors.sent_words import fields_of, picture_of, words_of

BOUNDARY = b"a-line-between"
KIND = b"multipart/form-data; boundary=" + BOUNDARY


def sent() -> Request:
    headers = [(b"content-type", KIND)]
    path = "/postmortems/Q1/edit/pictures"
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "path": path,
            "query_string": b"",
            "headers": headers,
        }
    )


def part(disposition: str, content: bytes, *others: str) -> bytes:
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *others])
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


END = b"--" + BOUNDARY + b"--\r\n"
TEXT = part('name="text"', "Grüße,\r\n--a-line\r\nend".encode())
PICTURE = part(
    'name="picture"; filename="a.png"', b"\x89PNG\r\n\x00\xff", "Content-Type: image/png"
)


def test_a_form_with_a_picture_is_read_byte_for_byte() -> None:
    request = sent()
    assert fields_of(request, TEXT + PICTURE + END) == {"text": "Grüße,\r\n--a-line\r\nend"}
    assert picture_of(request) == b"\x89PNG\r\n\x00\xff"
    words = words_of(request)
    assert words is not None
    assert words.place == "/postmortems/Q1/edit"


def test_of_a_form_that_is_cut_off_what_came_is_known() -> None:
    request = sent()
    long = b"x" * 200_000
    assert fields_of(request, part('name="text"', long)[:150_000])["text"].startswith("x" * 140_000)


@pytest.mark.parametrize(
    "odd",
    [
        b"".join(part(f'name="field-{number}"', b"1") for number in range(20_000)),
        part('name="odd"', b"1", *(f"X-{number}: 1" for number in range(40))),
        part('name="odd"', b"1", f"X-Long: {'x' * 10_000}"),
        part('name="odd"', b"1", "No header\x00 at all"),
    ],
    ids=["parts without end", "headers without end", "a header without end", "no header"],
)
def test_a_form_that_is_none_is_refused_and_its_words_are_known(odd: bytes) -> None:
    request = sent()
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its reader says
        fields_of(request, TEXT + odd + END)
    words = words_of(request)
    assert words is not None
    assert words.text == "Grüße,\r\n--a-line\r\nend"
