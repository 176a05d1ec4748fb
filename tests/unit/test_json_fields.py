"""JSON that a service sent: what counts as absent, and how a wrong field is named."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.errors import PayloadError
from connectors.json_fields import JsonValue, Sender

OPEN = Sender("Lookout", quoted=True)
CLOSED = Sender("Lookout")


def sent(value: Any, sender: Sender = CLOSED) -> JsonValue:
    return JsonValue(value, sender)


@pytest.mark.parametrize("value", [{}, {"a": None}, None])
def test_what_is_left_out_or_null_is_absent_however_deep(value: Any) -> None:
    field = sent(value)["a"]["b"]
    assert not field
    assert (field.text_or_none(), field.number_or_none(), field.time_or_none()) == (None,) * 3
    assert (field.each(), field.objects(), field.texts(), dict(field.members())) == ((), (), (), {})
    assert field.day_or_none() is None
    assert [field.flag(), field.flag(default=True)] == [False, True]


def test_an_empty_text_is_absent_where_it_need_not_be_there() -> None:
    assert sent("").text_or_none() is None
    assert sent("").day_or_none() is None
    assert sent("").text() == ""


def test_a_text_that_is_asked_for_by_its_name_is_the_field_s() -> None:
    one = sent({"a": "x", "b": "", "c": None, "e": {"f": 7}}, OPEN)
    assert [one.optional_text(name) for name in "abcd"] == ["x", None, None, None]
    assert one["c"].optional_text("a") is None
    with pytest.raises(PayloadError, match=r"the number 7 as e\.f, which should be a text"):
        one["e"].optional_text("f")
    with pytest.raises(PayloadError, match=r"the text 'x' as a, which should be an object"):
        one["a"].optional_text("f")


def test_nothing_much_is_no_list() -> None:
    for value in ({}, "", 0, False):
        with pytest.raises(PayloadError, match="should be a list"):
            sent(value).objects()


@pytest.mark.parametrize("value", [0, False, "", [], {}])
def test_what_is_sent_is_there_even_where_it_is_nothing_much(value: Any) -> None:
    assert sent(value)


def test_an_id_is_a_text_even_where_it_was_sent_as_a_number() -> None:
    assert [sent(7).identifier(), sent("7").identifier()] == ["7", "7"]
    with pytest.raises(PayloadError):
        sent(True).identifier()


def test_null_among_objects_is_left_out_and_keeps_the_others_numbers() -> None:
    first, second = sent({"all": [{"a": 1}, None, {"a": "x"}]})["all"].objects()
    assert first["a"].number() == 1
    assert second["a"].where == "all[2].a"


def test_times_come_in_utc_and_days_as_days() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for text in ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00", "2026-03-01T13:00:00+0100"):
        assert sent(text).time() == noon
    assert sent("2026-03-01").day_or_none() == date(2026, 3, 1)


@pytest.mark.parametrize("value", ["2026-03-01T12:00:00", "soon", 7, "0001-01-01T00:00:00+14:00"])
def test_a_time_without_its_offset_is_none(value: Any) -> None:
    with pytest.raises(PayloadError, match="a time with its offset from UTC"):
        sent(value).time()


@pytest.mark.parametrize(
    ("value", "closed", "quoted"),
    [
        ("secret", "a text", "the text 'secret'"),
        ("x" * 41, "a text", "a long text"),
        (7, "a number", "the number 7"),
        (True, "a truth value", "a truth value"),
        ([], "a list", "a list"),
    ],
)
def test_a_wrong_value_is_repeated_only_where_nothing_private_is_sent(
    value: Any, closed: str, quoted: str
) -> None:
    for sender, named in ((CLOSED, closed), (OPEN, quoted)):
        with pytest.raises(PayloadError) as caught:
            sent({"list": [{"a": value}]}, sender)["list"].each()[0]["a"].members()
        wanted = f"Lookout sent {named} as list[0].a, which should be an object."
        assert caught.value.what == wanted
        assert "Lookout's API" in caught.value.remedy


def test_what_is_missing_is_named_by_its_place_or_as_the_answer() -> None:
    with pytest.raises(PayloadError, match=r"Lookout sent no a\.b, which should be a text\."):
        sent({"a": {}})["a"]["b"].text()
    with pytest.raises(PayloadError, match="sent a list as the answer"):
        sent([]).required_object()
    with pytest.raises(PayloadError, match="sent no answer, which should be an object"):
        sent(None).required_object()
    with pytest.raises(PayloadError, match="sent no a, which should be an object"):
        sent({})["a"].required_object()


WRONG = ([1], {"a": 1}, True, 1.5, "x", 7)


def test_a_forgiven_sender_s_field_of_another_type_is_absent_where_it_may_be() -> None:
    for value in WRONG:
        one = sent({"f": value}, Sender("Lookout", quoted=True, forgiving=True))["f"]
        number = str(value) if value in (1.5, 7) and value is not True else None
        assert one.text_or_none() == (value if value == "x" else number)
        assert one.number_or_none() == (7 if value == 7 else None)
        assert one.flag() is (value is True)
        assert one.time_or_none() is None
        assert one.day_or_none() is None
        assert one.objects() == ()
        assert one["g"]["h"].text_or_none() is None
        assert one.forgiven is not None


def test_the_first_thing_that_was_forgiven_is_told() -> None:
    answer = sent({"a": [], "b": 2}, Sender("Lookout", quoted=True, forgiving=True))
    assert answer.forgiven is None
    assert answer.optional_text("a") is None
    assert answer["b"].objects() == ()
    assert "a list as a, which should be a text" in str(answer.forgiven)


def test_what_must_be_there_is_never_forgiven() -> None:
    answer = sent({"a": 1, "b": {}}, Sender("Lookout", forgiving=True))
    for ask in (
        answer["a"].text,
        answer["a"].time,
        answer["a"].required_object,
        answer["b"].number,
        answer["b"].required_list,
        answer["c"].required_list,
    ):
        with pytest.raises(PayloadError):
            ask()
