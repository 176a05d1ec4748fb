"""Where `postmortem init` writes what was answered: the settings file, and secrets beside it."""

import os
import stat
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

from config.sources import CONFIG_VARIABLE, DEFAULT_FILE
from config.written_settings import WrittenSetting, written
from connectors.errors import ConfigurationError, PostmortemError
from connectors.incidents import Reference
from worker.app.setup_answers import SetupAnswers, every_variable
from worker.cli.setup import new_files
from worker.cli.setup.new_files import FileToMake
from worker.cli.setup.webhooks_asked import WebhookChoice


def target_of(config: Path | None) -> Path:
    """Give the file that is to be written. Raises ``ConfigurationError`` where it cannot be."""
    path = config or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)
    if os.path.lexists(path):
        raise ConfigurationError(
            f"{path} is there already, and nothing is written over it.",
            "Change it in an editor and run `postmortem check`, or name another file: "
            "postmortem --config FILE init.",
        )
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"{path} cannot be made: there is no folder {folder} in which this user may write.",
            "Make it, or name another file: postmortem --config FILE init.",
        )
    return path


def write(
    target: Path,
    answers: SetupAnswers,
    services: Sequence[Reference],
    webhook: WebhookChoice | None,
) -> Sequence[Path]:
    """Make the webhook where that was agreed, then all files: either goes with the other.

    Gives the files of secrets. Raises ``PostmortemError`` where a file cannot be made; then nothing
    was.
    """
    try:
        if webhook is not None:
            webhook.make()
        secrets: list[Path] = []
        new_files.make(list(_files(target, answers, services, secrets)))
    except BaseException as error:
        if webhook is not None:
            webhook.take_back()
        if not isinstance(error, OSError):
            raise
        where = error.filename2 or error.filename or target
        raise PostmortemError(
            f"{where} could not be written ({error.strerror}). Nothing was written.",
            "Let this user write there.",
        ) from None
    return secrets


def _files(
    target: Path, answers: SetupAnswers, services: Sequence[Reference], secrets: list[Path]
) -> Iterator[FileToMake]:
    """Give the files to be made, the settings last; a secret that has a file keeps it."""
    folder = target.absolute().parent
    settings = []
    for place, variable in every_variable().items():
        text = answers.texts.get(place)
        if text is None:
            continue
        if not variable.secret or (variable.name.endswith("_URL") and "@" not in text):
            settings.append(WrittenSetting.of(place, text))
            continue
        path = answers.files.get(place) or _secret_path(folder, variable.name, text)
        settings.append(WrittenSetting.of(place, str(path), in_file=True))
        if place not in answers.files:
            secrets.append(path)
            if not path.exists():
                yield FileToMake(path, f"{text}\n")
    if services:
        place = ("drafts", "services")
        settings.append(WrittenSetting.of(place, [one.name for one in services]))
    example = resources.files("config").joinpath("postmortem.toml").read_text("utf-8")
    yield FileToMake(target, written(example, settings), new_files.READABLE)


def _secret_path(folder: Path, variable: str, text: str) -> Path:
    """Give where a secret goes: never over another, and into the same file where it is there."""
    number = 1
    while True:
        ending = f"-{number}" if number > 1 else ""
        path = folder / f"{variable.lower()}{ending}.secret"
        if not os.path.lexists(path):
            return path
        if _holds_it(path, text):
            return path
        number += 1


def _holds_it(path: Path, text: str) -> bool:
    """Tell whether a file of an earlier try holds this secret, and nobody else can read it."""
    is_own = path.is_file() and not path.is_symlink()
    if not is_own or stat.S_IMODE(path.stat().st_mode) != new_files.SECRET:
        return False
    return path.read_bytes().strip() == text.encode()
