"""Pictures that people put beside a document: encoded anew, and never at the cost of their words."""

import io
from collections.abc import Iterator

import pytest
import requests

from connectors.incidents import IncidentId
from tests.integration.desk import TEXT, WAIT, Desk, desk_in, form_of

Image = pytest.importorskip("PIL.Image", reason="needs the package pillow")
MINE = TEXT.replace("[why]", "A leak.")
WHERE = b"a secret place"


@pytest.fixture(scope="module")
def served_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_in(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def desk(served_desk: Desk) -> Desk:
    served_desk.write(TEXT)
    return served_desk


def picture(kind: str, frames: int = 1, **options: object) -> bytes:
    out = io.BytesIO()
    shown = [Image.new("RGB", (40, 30), (number, 9, 9)) for number in range(frames)]
    more = {"save_all": True, "append_images": shown[1:]} if frames > 1 else {}
    shown[0].save(out, kind, **more, **options)
    return out.getvalue()


def send(desk: Desk, data: bytes, *, script: bool = False) -> requests.Response:
    form = desk.form() | {"text": MINE.replace("\n", "\r\n")}
    headers = {"Accept": "application/json"} if script else {}
    files = {"picture": ("../../evil.html", data, "text/html")}
    return requests.post(f"{desk.page}/pictures", form, files=files, headers=headers, timeout=WAIT)


@pytest.mark.parametrize(
    ("data", "ending", "kind"),
    [
        (picture("PNG"), "png", "image/png"),
        (picture("JPEG", comment=WHERE), "jpg", "image/jpeg"),
        (picture("GIF", 3), "gif", "image/gif"),
        (picture("WEBP"), "webp", "image/webp"),
    ],
)
def test_a_picture_is_encoded_anew_and_shown(
    desk: Desk, data: bytes, ending: str, kind: str
) -> None:
    told = send(desk, data + WHERE, script=True).json()
    assert told["markdown"] == f"![Picture]({told['name']})"
    assert told["name"].endswith(f".{ending}")
    shown = requests.get(f"{desk.url}/postmortems/QEDIT/{told['name']}", timeout=WAIT)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, kind)
    assert WHERE not in shown.content
    with Image.open(io.BytesIO(shown.content)) as found:
        assert (found.size, getattr(found, "n_frames", 1)) == (
            (40, 30),
            3 if ending == "gif" else 1,
        )
    assert send(desk, data + WHERE, script=True).json() == told
    assert desk.text() == TEXT


def test_without_a_script_the_editor_comes_back_with_all_that_was_written(desk: Desk) -> None:
    answer = send(desk, picture("PNG"))
    form = form_of(answer.text)
    name = form["text"].rpartition("(")[2].partition(")")[0]
    assert form["text"] == f"{MINE}\n![Picture]({name})\n"
    assert desk.save(form).status_code == 303
    page = requests.get(f"{desk.url}/postmortems/QEDIT", timeout=WAIT).text
    assert f'src="/postmortems/QEDIT/{name}"' in page


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 422),
        (b"<script>alert(1)</script>", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
        (picture("BMP"), 422),
        (picture("PNG")[:60], 422),
        (b"x" * 10_000_001, 413),
        (b"x" * 13_000_000, 413),
    ],
    ids=["none", "script", "svg", "bmp", "cut off", "large", "larger than any request"],
)
def test_what_is_no_picture_is_refused_and_the_words_stay(
    desk: Desk, data: bytes, status: int
) -> None:
    before = sorted(one.name for one in desk.file.parent.iterdir())
    assert send(desk, data, script=True).status_code == status
    answer = send(desk, data)
    assert answer.status_code == status
    if len(data) < 12_000_000:
        assert form_of(answer.text)["text"].replace("\r\n", "\n") == MINE
    assert sorted(one.name for one in desk.file.parent.iterdir()) == before


def test_more_pixels_than_a_picture_may_have_are_not_decoded(desk: Desk) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < 1_000_000
    answer = requests.post(f"{desk.api}/pictures", data=out.getvalue(), timeout=WAIT)
    assert answer.status_code == 413
    assert "pixels" in answer.json()["detail"]


def test_programs_put_pictures_by_the_api_and_the_journal_says_so(desk: Desk) -> None:
    answer = requests.post(f"{desk.api}/pictures", data=picture("PNG", 1, dpi=(7, 7)), timeout=WAIT)
    assert answer.status_code == 201
    told = [one.deed.reason for one in desk.data.journal(IncidentId("QEDIT"))]
    assert f"somebody put {answer.json()['name']} beside it" in told
    missing = f"{desk.url}/api/documents/QNONE/pictures"
    assert requests.post(missing, data=picture("PNG"), timeout=WAIT).status_code == 404
