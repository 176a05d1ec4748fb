"""The brake on guessing tokens, with a clock of the test's own."""

import asyncio
from dataclasses import dataclass, field

import pytest

from worker.web.visitors.sign_in import (
    FREE_FAILURES,
    GAP,
    LONGEST_TURN,
    SignInBrake,
    TooManyAttempts,
    network,
    proof_of,
    session_digest,
)


@dataclass
class Clock:
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def brake(clock: Clock) -> SignInBrake:
    return SignInBrake(clock, clock.sleep)


def looked(made: SignInBrake, address: str, right: bool = False) -> bool:
    return asyncio.run(made.look(address, lambda: "Mira" if right else None)) == "Mira"


def test_thirty_wrong_tokens_take_ten_seconds_at_least() -> None:
    clock = Clock()
    made = brake(clock)
    assert not any(looked(made, "192.0.2.1") for _ in range(30))
    assert sum(clock.slept) >= 10


def test_a_few_wrong_ones_and_the_right_one_are_not_slowed() -> None:
    clock = Clock()
    made = brake(clock)
    for _ in range(FREE_FAILURES - 1):
        looked(made, "192.0.2.1")
    assert looked(made, "192.0.2.1", right=True)
    assert clock.slept == []


def test_a_right_one_waits_as_a_wrong_one_does_and_holds_up_nobody() -> None:
    clock = Clock()
    made = brake(clock)
    for _ in range(FREE_FAILURES):
        looked(made, "192.0.2.1")
    assert looked(made, "192.0.2.1", right=True)
    assert clock.slept == [GAP]
    assert looked(made, "192.0.2.1", right=True)
    assert clock.slept == [GAP]


def test_attempts_at_the_same_time_wait_in_turn_and_the_last_are_refused() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    async def attack() -> list[object]:
        made = SignInBrake(lambda: 1000.0, sleep)
        tries = (made.look("192.0.2.1", lambda: None) for _ in range(60))
        return await asyncio.gather(*tries, return_exceptions=True)

    ends = asyncio.run(attack())
    refused = [one for one in ends if isinstance(one, TooManyAttempts)]
    assert len(waits) == LONGEST_TURN / GAP
    assert waits == sorted(set(waits))
    assert len(refused) == 60 - FREE_FAILURES - len(waits)


def test_an_address_is_free_again_after_a_minute_and_others_always_are() -> None:
    clock = Clock()
    made = brake(clock)
    for _ in range(FREE_FAILURES):
        looked(made, "192.0.2.1")
    looked(made, "192.0.2.2")
    assert clock.slept == []
    clock.now += 61
    looked(made, "192.0.2.1")
    assert clock.slept == []


def test_what_is_kept_of_addresses_is_bounded() -> None:
    made = brake(Clock())
    for number in range(1_200):
        looked(made, f"192.0.{number // 250}.{number % 250}")
    assert len(made._addresses) == 1_000


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_owner_of_many_addresses_is_one(address: str, owner: str) -> None:
    assert network(address) == owner


def test_what_is_kept_of_a_session_follows_from_the_token_and_the_cookie() -> None:
    kept = proof_of("cookie", "token")
    assert kept not in {proof_of("cookie", "other"), proof_of("other", "token")}
    assert session_digest("cookie") not in {session_digest("other"), proof_of("cookie", "")}
