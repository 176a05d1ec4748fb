"""A picture that a person puts beside a document, written anew so that it is that and nothing else.

What a file says of itself counts for nothing: it is decoded, and encoded again without what it
holds besides, such as where a photograph was taken, or a page that another program would open.
"""

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.page_users import PageUser
from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.jobs.edits.save_edit import EditTooLong, UnusableEdit, write_beside

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_PICTURE = 10_000_000
"""Bytes."""
MOST_PIXELS = 40_000_000
"""Of all frames together: what takes more to decode than it shows is not decoded."""
MOST_FRAMES = 500
_ENDINGS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
_REMEDY = "Take a PNG, JPEG, GIF or WebP."


@dataclass(frozen=True, slots=True)
class AddedPicture:
    """A picture beside a document: its file's name there, and the Markdown that shows it."""

    name: str
    markdown: str


def add_picture(
    context: JobContext, incident: IncidentId, data: bytes, by: PageUser, words: str = ""
) -> AddedPicture:
    """Put a picture beside a document, under a name that its content makes.

    ``words`` say what it shows. Raises as ``save_edit`` does: ``EditTooLong`` for one that is too
    large, ``UnusableEdit`` for what is no picture of a kind that is taken.
    """
    ending, content = reencoded(data)
    name = f"{incident}-picture-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    write_beside(context, incident, by, name, content)
    shown = " ".join("".join(one for one in words if one not in "[]\\`<>").split())
    return AddedPicture(name, f"![{shown or 'Picture'}]({name})")


def reencoded(data: bytes) -> tuple[str, bytes]:
    """Give a picture's ending, and the picture encoded anew. Raises as :func:`add_picture` does."""
    import PIL.Image  # noqa: PLC0415 - it takes longer to load than many a command takes

    if len(data) > LARGEST_PICTURE:
        raise EditTooLong(
            f"The picture has more than {LARGEST_PICTURE // 1_000_000} MB, so it was not taken.",
            "Make it smaller.",
        )
    try:
        with PIL.Image.open(io.BytesIO(data), formats=tuple(_ENDINGS)) as picture:
            return _encoded(picture)
    except (EditTooLong, UnusableEdit):
        raise
    except PIL.Image.DecompressionBombError as error:
        raise _too_large() from error
    except PIL.UnidentifiedImageError as error:
        raise UnusableEdit("This is no picture that is taken here.", _REMEDY) from error
    except Exception as error:
        raise UnusableEdit(f"The picture cannot be read: {error}.", _REMEDY) from error


def _encoded(picture: "Image") -> tuple[str, bytes]:
    kind, frames = str(picture.format), int(getattr(picture, "n_frames", 1))
    if frames > MOST_FRAMES or picture.width * picture.height * frames > MOST_PIXELS:
        raise _too_large()
    shown = _frames(picture, frames)
    options: dict[str, object] = {"quality": 90} if kind in {"JPEG", "WEBP"} else {}
    if kind == "JPEG" and shown[0].mode not in {"RGB", "L"}:
        shown[0] = shown[0].convert("RGB")
    if frames > 1:
        options |= {"save_all": True, "append_images": shown[1:], "loop": 0}
        options["duration"] = picture.info.get("duration", 100)
    out = io.BytesIO()
    shown[0].save(out, kind, **options)
    return _ENDINGS[kind], out.getvalue()


def _frames(picture: "Image", frames: int) -> list["Image"]:
    """Decode every frame, without what the file holds besides."""
    from PIL import ImageOps  # noqa: PLC0415 - as above

    shown = []
    for number in range(frames):
        picture.seek(number)
        frame = ImageOps.exif_transpose(picture).copy()
        frame.info = {}
        shown.append(frame)
    return shown


def _too_large() -> EditTooLong:
    return EditTooLong("The picture has too many pixels, so it was not taken.", "Make it smaller.")
