"""A settings file that is written says all that the example explains, and is read back the same."""

import tomllib
from importlib import resources

import pytest

from config.written_settings import WrittenSetting, written
from worker.app.setup_answers import every_variable

EXAMPLE = resources.files("config").joinpath("postmortem.toml").read_text("utf-8")


@pytest.mark.parametrize("place", sorted(every_variable()), ids=".".join)
def test_each_setting_has_its_place_in_the_example(place: tuple[str, ...]) -> None:
    one = every_variable()[place]
    setting = WrittenSetting.of(place, 'a "quoted" \\ value', in_file=one.secret)
    values = tomllib.loads(written(EXAMPLE, [setting]))
    for part in place[:-1]:
        values = values[part]
    assert values[setting.key] == 'a "quoted" \\ value'


def test_all_at_once_are_read_back_and_every_explanation_stays() -> None:
    settings = [
        WrittenSetting.of(place, f"value {number}", in_file=one.secret)
        for number, (place, one) in enumerate(every_variable().items())
    ]
    settings.append(WrittenSetting.of(("drafts", "services"), ["Checkout", "Ledger \x7f DB"]))
    text = written(EXAMPLE, settings)
    values = tomllib.loads(text)
    assert values["drafts"]["services"] == ["Checkout", "Ledger \x7f DB"]
    flat = [
        values.get(one.table, {}).get(one.key) if one.table else values.get(one.key)
        for one in settings
    ]
    assert flat == [one.value for one in settings]
    explained = [line for line in EXAMPLE.split("\n") if line.startswith("# ")]
    assert [line for line in explained[8:] if line not in text] == []


def test_a_service_that_the_example_does_not_know_has_its_table_at_the_end() -> None:
    own = [WrittenSetting.of(("toy", name), name) for name in ("folder", "project")]
    values = tomllib.loads(written(EXAMPLE, own))
    assert values["toy"] == {"folder": "folder", "project": "project"}
