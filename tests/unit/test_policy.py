"""Nothing is texted that costs extra, and nothing that is a machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway import policy
from gateway.policy import Verdict, at_machine_pace, automatic, e164, judge

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OWN = ("+447700900000",)


@pytest.mark.parametrize(
    ("sender", "verdict"),
    [
        ("+447700900123", Verdict.ORDINARY),
        ("07700900123", Verdict.ORDINARY),
        ("+447400123456", Verdict.ORDINARY),
        ("+442071234567", Verdict.ORDINARY),
        ("+447700900000", Verdict.OWN),
        ("60777", Verdict.SHORT_CODE),
        ("112", Verdict.SHORT_CODE),
        ("Vodafone", Verdict.NAMED_SENDER),
        ("NHS-NoReply", Verdict.NAMED_SENDER),
        ("", Verdict.NAMED_SENDER),
        ("\x00\ud800", Verdict.NAMED_SENDER),
        ("+449061234567", Verdict.COSTLY_KIND),
        ("+447012345678", Verdict.COSTLY_KIND),
        ("+34612345678", Verdict.OTHER_COUNTRY),
        ("+881612345678", Verdict.OTHER_COUNTRY),
        ("+9" * 9, Verdict.NAMED_SENDER),
    ],
)
def test_who_may_be_texted(sender: str, verdict: Verdict) -> None:
    assert judge(sender, "GB", ("GB",), OWN) is verdict


def test_another_country_may_be_allowed() -> None:
    assert judge("+34612345678", "GB", ("GB", "ES"), OWN) is Verdict.ORDINARY


def test_a_national_number_becomes_international() -> None:
    assert e164("07700 900 123", "GB") == e164("00447700900123", "GB") == "+447700900123"


@pytest.mark.parametrize(
    "body",
    [
        "This is an automated message, please do not reply",
        "I am out of office until Monday",
        "Respuesta automática: no estoy",
        "자동응답 메시지입니다",
    ],
)
def test_what_calls_itself_automatic_is_believed(body: str) -> None:
    assert automatic(body, [], [])


def test_our_own_words_coming_back_are_a_machine() -> None:
    ours = "Ashby: 1 Help 2 Lift 3 Vote. Text the number or the word."
    assert automatic(ours, [(ours, NOW)], [])
    assert automatic(ours.replace("Ashby", "Barton"), [(ours, NOW)], [])


def test_a_person_may_say_the_same_short_thing_again_and_again() -> None:
    assert automatic("yes", [("yes", NOW)], [("yes", NOW)] * 5) == ""


def test_a_long_text_for_the_third_time_is_a_machine() -> None:
    body = "Thank you for contacting Smith and Sons."
    assert automatic(body, [], [(body, NOW)]) == ""
    assert automatic(body, [], [(body, NOW), (body, NOW)])


def test_a_quick_short_answer_is_a_person_and_a_quick_long_one_is_a_sign() -> None:
    sent = [("Where shall we pick you up?", NOW)]
    soon, later = NOW + timedelta(seconds=5), NOW + policy.MACHINE_PACE
    long_text = "We have received your message and will answer within five days."
    assert not at_machine_pace("church hall", soon, sent)
    assert at_machine_pace(long_text, soon, sent)
    assert not at_machine_pace(long_text, later, sent)
    assert not at_machine_pace(long_text, soon, [])
