"""A clock that cannot be trusted ends nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.clock import Clock
from tests.hands import Hands

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEN_YEARS = timedelta(days=3653)


def doubtful() -> tuple[Hands, Clock]:
    hands = Hands(NOW)
    hands.synchronised = False
    return hands, Clock(hands.sources())


def test_a_clock_nobody_vouches_for_is_not_trusted() -> None:
    _, clock = doubtful()
    assert not clock.trusted


def test_the_kernels_word_is_enough() -> None:
    hands, clock = doubtful()
    hands.synchronised = True
    assert clock.trusted


def test_a_fresh_text_of_the_same_time_brings_trust() -> None:
    _, clock = doubtful()
    assert clock.moment_of(NOW - timedelta(minutes=3)) == NOW
    assert clock.trusted


def test_an_old_text_brings_none_and_is_answered_by_its_own_time() -> None:
    hands, clock = doubtful()
    hands.now = NOW + TEN_YEARS
    clock = Clock(hands.sources())
    assert clock.moment_of(NOW) == NOW
    assert not clock.trusted


def test_a_jump_takes_trust_away_until_the_network_agrees_again() -> None:
    for jump in (TEN_YEARS, -TEN_YEARS):
        hands, clock = doubtful()
        clock.learn(NOW)
        assert clock.trusted
        hands.now += jump
        assert not clock.trusted
        assert clock.step == jump
        clock.account_for(jump)
        hands.now -= jump
        clock.learn(NOW)
        assert clock.trusted
        assert clock.step == -jump


def test_time_passing_is_no_jump() -> None:
    hands, clock = doubtful()
    clock.learn(NOW)
    hands.pass_time(TEN_YEARS)
    assert clock.trusted
    assert clock.step == timedelta()
