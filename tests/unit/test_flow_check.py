"""The checker finds each possible mistake, names its line and says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import pytest

from flows.check_graph import CHAIN_FLOW_MAX
from tests.unit.flow_making import (
    HELP,
    HELP_TEXTS,
    LIFT,
    LIFT_TEXTS,
    MENU,
    MENU_TEXTS,
    Resident,
    make_library,
    problems_of,
)

FLOW = "lift/flow.yaml"
TEXTS = "lift/texts/en.toml"
COMMON = "common/texts/en.toml"


def test_a_sound_library_has_no_problems(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == []


def lift(old: str, new: str) -> dict[str, str | None]:
    assert old in LIFT
    return {FLOW: LIFT.replace(old, new, 1)}


def words(old: str, new: str) -> dict[str, str | None]:
    assert old in LIFT_TEXTS
    return {TEXTS: LIFT_TEXTS.replace(old, new, 1)}


Mistake: TypeAlias = tuple[dict[str, str | None], int, str]

IN_THE_FLOW: dict[str, Mistake] = {
    "no yaml at all": ({FLOW: "steps: [\n"}, 2, "not readable as YAML"),
    "empty": ({FLOW: ""}, 1, "the file is empty"),
    "a list": ({FLOW: "- lift\n"}, 1, "`key: value` lines"),
    "a control character": ({FLOW: "flow: li\x07ft\n"}, 1, "not readable as YAML"),
    "a key twice": (lift("version: 1", "version: 1\nversion: 2"), 3, "`version` stands here twice"),
    "a step twice": (
        lift("  again:\n", "  day:\n    end: completed\n  again:\n"),
        24,
        "`day` stands here twice",
    ),
    "an unknown key": (
        lift("start: day", "start: day\nbegin: day"),
        4,
        "`begin` is nothing a flow file knows",
    ),
    "no name": (lift("flow: lift\n", ""), 1, "`flow` is missing"),
    "a name with capitals": (lift("flow: lift", "flow: Lift"), 1, "must be a name of small letters"),
    "another folder's name": (lift("flow: lift", "flow: lifts"), 1, "lies in the folder `lift`"),
    "no version": (lift("version: 1\n", ""), 1, "`version` must be a whole number"),
    "version nought": (lift("version: 1", "version: 0"), 2, "`version` must be a whole number"),
    "version in words": (lift("version: 1", "version: one"), 2, "`version` must be a whole number"),
    "no start": (lift("start: day\n", ""), 1, "`start` is missing"),
    "a start that is no step": (lift("start: day", "start: dya"), 3, "did you mean `day`"),
    "no expiry": (lift("expires: 45m\n", ""), 1, "`expires` must say"),
    "an expiry without unit": (lift("expires: 45m", "expires: 45"), 4, "`expires` must say"),
    "an expiry of nothing": (lift("expires: 45m", "expires: 0m"), 4, "`expires` must say"),
    "an argument that asks nothing": (
        lift("start: day", "start: day\nargument: find"),
        4,
        "`argument` must name",
    ),
    "an argument of several that cannot be told apart": (
        lift("start: day", "start: day\nargument: [day, seats]"),
        4,
        "`seats` cannot be one of several",
    ),
    "an argument twice": (
        lift("start: day", "start: day\nargument: [day, day]"),
        4,
        "`day` stands there twice",
    ),
    "a correction with one argument": (
        lift("{yes: book, no: day}", "{yes: book, no: day, corrected: day}"),
        20,
        "`corrected` cannot happen",
    ),
    "a choice called like an outcome": (
        lift("{date: day}", "{choice: day, options: [one, unclear]}"),
        6,
        "call the option otherwise",
    ),
    "given that is no list": (lift("start: day", "start: day\ngiven: time"), 4, "`given` must be a list"),
    "no steps": ({FLOW: LIFT.split("steps:")[0]}, 1, "`steps` must hold"),
    "an empty step": (lift("  booked:\n    end: completed\n", "  booked:\n"), 27, "step `booked` is empty"),
    "a step that does two things": (
        lift("    say: true", "    say: true\n    end: sorry"),
        15,
        "exactly one of",
    ),
    "a step that does nothing": (lift("    say: true\n", ""), 15, "exactly one of"),
    "an unknown key in a step": (
        lift("    say: true", "    say: true\n    loud: true"),
        17,
        "nothing a step knows",
    ),
    "a step's name with capitals": (lift("  again:\n", "  aGain:\n"), 24, "small letters"),
    "say without true": (lift("say: true", "say: sorry"), 16, "write `say: true`"),
    "do without service": (lift("do: lift.find", "do: find"), 13, "names a service and its action"),
    "an end that is no end": (lift("end: completed", "end: active"), 28, "nothing can end as `active`"),
    "an unknown answer type": (lift("{date: day}", "{dates: day}"), 6, "no answer type; did you mean `date`"),
    "an answer without name": (lift("{date: day}", "{date: [a]}"), 7, "the answer's name"),
    "an unknown option": (lift("min: 1", "least: 1"), 9, "least"),
    "an option of the wrong kind": (lift("min: 1", "min: few"), 9, "min"),
    "options out of order": (lift("min: 1", "min: 9"), 9, "min 9 is above max 8"),
    "nothing to choose from": (lift("{date: day}", "{choice: day}"), 6, "nothing to choose from"),
    "a choice twice": (lift("{date: day}", "{choice: day, options: [a, a]}"), 6, "`a` stands there twice"),
    "choices from nowhere": (
        lift("{date: day}", "{choice: day, options: {from: days}}"),
        6,
        "its choices come from `days`",
    ),
    "choices known only later": (
        {
            FLOW: LIFT.replace(
                "ask: {date: day}\n    then: seats",
                "ask: {choice: day, options: {from: days}}\n    then: {one: seats}",
            )
        },
        6,
        'add `"*": STEP`',
    ),
    "no way on": (lift("    say: true\n    then: day", "    say: true"), 16, "no way on"),
    "an empty way on": (lift("    then: {yes: day, no: booked}", "    then: {}"), 26, "`then` is empty"),
    "an empty list of ways": (lift("    then: seats", "    then: []"), 8, "the list of ways is empty"),
    "a way to nowhere": (lift("then: seats", "then: seat"), 8, "did you mean `seats`"),
    "a way after the end": (lift("end: completed", "end: completed\n    then: day"), 29, "remove `then`"),
    "an outcome nobody handles": (
        lift("{free: confirm, full: sorry}", "{free: confirm}"),
        12,
        "handles the outcome `full`",
    ),
    "an answer nobody handles": (lift("{yes: book, no: day}", "{yes: book}"), 18, "handles the outcome `no`"),
    "an outcome that cannot be": (
        lift("full: sorry", "full: sorry, late: sorry"),
        14,
        "`late` cannot happen",
    ),
    "an answer that cannot be": (lift("then: seats", "then: {monday: seats}"), 8, "`monday` cannot happen"),
    "an unknown action": (lift("lift.book", "lift.bock"), 21, "did you mean `lift.book`"),
    "a malformed guard": (lift("then: seats", "then: [{when: maybe, to: seats}, seats]"), 8, "known NAME"),
    "a guard on nothing": (
        lift("then: seats", "then: [{when: known dya, to: seats}, find]"),
        8,
        "did you mean `day`",
    ),
    "a guard without way": (
        lift("then: seats", "then: [{when: known day}, seats]"),
        8,
        "a way needs `to: STEP`",
    ),
    "guards that may all fail": (
        lift("then: seats", "then: [{when: known seats, to: seats}]"),
        8,
        "leads nowhere when",
    ),
    "a way behind an open one": (lift("then: seats", "then: [seats, find]"), 8, "gets past the way"),
    "a step no way leads to": (
        lift("  again:\n", "  lost:\n    end: completed\n  again:\n"),
        24,
        "leads to step `lost`",
    ),
    "no end": (lift("    end: completed", "    ask: yes_no\n    then: day"), 3, "leads to an end"),
    "a circle without a question": (
        lift("    then: day\n  confirm", "    then: find\n  confirm"),
        12,
        "circle without",
    ),
    "going nowhere": (lift("end: completed", "go: manu"), 27, "did you mean `menu`"),
    "nested without end": (lift("end: completed", "end: " + "[" * 40 + "]" * 40), 28, "nested more than"),
}


@pytest.mark.parametrize("mistake", IN_THE_FLOW)
def test_each_mistake_in_a_flow_is_found_at_its_line(tmp_path: Path, mistake: str) -> None:
    changes, line, expected = IN_THE_FLOW[mistake]
    found = [p for p in problems_of(tmp_path, changes) if p.path.endswith(FLOW)]
    assert any(expected in p.message for p in found), found
    assert (line, True) in {(p.line, expected in p.message) for p in found}, found


IN_THE_TEXTS: dict[str, Mistake] = {
    "no toml at all": ({TEXTS: 'keywords = ["lift"]\n[phrases\n'}, 2, "not readable as TOML"),
    "a key twice": (
        words('sorry = "No seats are left."', 'sorry = "a"\nsorry = "b"'),
        6,
        "not readable as TOML",
    ),
    "an unknown table": (words("[phrases]", "[labels]\n[phrases]"), 2, "`labels` is nothing"),
    "keywords that are no list": (words('["lift", "ride"]', '"lift"'), 1, "must be a list of words"),
    "no phrase": (words('sorry = "No seats are left."\n', ""), 1, "[phrases] lacks `sorry`"),
    "an empty phrase": (words("No seats are left.", " "), 1, "[phrases] lacks `sorry`"),
    "a phrase that is no text": (words('"No seats are left."', "7"), 5, "phrase `sorry` must be"),
    "an unknown variant": (words('help = "Count', 'long = "Count'), 4, "under sms, voice and help alone"),
    "a value not asked yet": (words("Which day?", "Which day, {seats}?"), 3, "{seats} is not known there"),
    "a value of another outcome": (
        words("No seats are left.", "{run} is full."),
        5,
        "{run} is not known there",
    ),
    "a placeholder with a format": (
        words("{day}? 1 yes", "{day:>9}? 1 yes"),
        6,
        "`{day:>9}` is no placeholder",
    ),
    "a lone brace": (words("Which day?", "Which day? }"), 3, "`}` is no placeholder"),
    "too long for two parts": (words("Which day?", "Which day? " * 40), 3, "takes 3 parts"),
    "help too long for two parts": (words("Count everybody", "Count everybody " * 30), 4, "takes 4 parts"),
    "costly characters": (words("Which day?", "¿Cuál día, señorita Gwenllian Ŵ? " * 5), 3, "takes 3 parts"),
    "marks of nothing": (words("[phrases]", '[marks]\nday = ["on …"]\n[phrases]'), 1, "not the answer of"),
    "a mark without a place": (words("[phrases]", '[marks]\nday = ["on"]\n[phrases]'), 3, "after or before"),
    "a keyword of another flow": (words('"ride"', '"Help!"'), 1, "also starts `help`"),
    "a keyword that is a global word": (words('"ride"', '"stop"'), 1, "works everywhere as STOP"),
    "a keyword without a letter": (words('"ride"', '"?"'), 1, "has no letter"),
}


@pytest.mark.parametrize("mistake", IN_THE_TEXTS)
def test_each_mistake_in_the_texts_is_found_at_its_line(tmp_path: Path, mistake: str) -> None:
    changes, line, expected = IN_THE_TEXTS[mistake]
    found = [p for p in problems_of(tmp_path, changes) if p.path.endswith(TEXTS)]
    assert (line, True) in {(p.line, expected in p.message) for p in found}, found


LABELS = {
    "no label": (
        'lift = { label = "Book a ride", also = ["journey"] }',
        "",
        "option `lift` of `wish` has no label",
    ),
    "a label nobody offers": ('also = ["journey"] }', 'also = ["journey"] }\nvote = "Vote"', "labels `vote`"),
    "a broken label": ('{ label = "Book a ride", also = ["journey"] }', "7", "option `lift` must be"),
    "the same word": ('"journey"', '"need help"', "means both `help` and `lift`"),
    "nearly the same word": ('"journey"', '"need halp"', "look too much alike"),
    "the same sound": ('also = ["journey"]', 'also = ["knead hellp"]', "sound alike"),
    "a global word": ('"journey"', '"go back"', "works everywhere as BACK"),
    "another choice's number": ('"journey"', '"one"', "is also the number of `help`"),
}


@pytest.mark.parametrize("mistake", LABELS)
def test_each_pair_of_choices_that_could_be_mistaken_is_found(tmp_path: Path, mistake: str) -> None:
    old, new, expected = LABELS[mistake]
    assert old in MENU_TEXTS
    found = problems_of(tmp_path, {"menu/texts/en.toml": MENU_TEXTS.replace(old, new, 1)})
    assert any(expected in p.message for p in found), found


def test_a_missing_language_is_found_in_flow_and_common_texts(tmp_path: Path) -> None:
    spanish = {"lift/texts/es.toml": LIFT_TEXTS.replace('["lift", "ride"]', '["viaje"]')}
    found = [str(p) for p in problems_of(tmp_path, {**spanish})]
    assert any("nothing else is said in `es`" in p for p in found)
    found = [str(p) for p in problems_of(tmp_path, {TEXTS: None})]
    assert any("no texts in `en`" in p for p in found)


def test_missing_common_words_and_phrases_are_found(tmp_path: Path) -> None:
    common = '[words]\nstop = ["stop"]\n[phrases]\nstopped = "Stopped {name}."\nextra = "Nobody says this."\n'
    found = [p.message for p in problems_of(tmp_path, {COMMON: common, "common/unclear/en.toml": None})]
    for expected in (
        "[words] lacks `menu`",
        "[emergency] lacks",
        "[languages] lacks",
        '[phrases] lacks "person"',
        '[phrases] lacks "unclear.date"',
        '[phrases] lacks "hint.date"',
        '"extra" is said by nobody',
        "nothing fills in {name}",
    ):
        assert any(expected in message for message in found), expected


def test_one_word_with_two_meanings_is_found(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"common/texts/xx.toml": '[words]\nmenu = ["stop"]\n'})
    assert any("means menu here and stop in" in p.message for p in found)


def test_a_library_without_menu_and_help_is_refused(tmp_path: Path) -> None:
    gone = {"help/flow.yaml": None, "help/texts/en.toml": None}
    found = [p.message for p in problems_of(tmp_path, gone)]
    assert "there is no flow `help`; every library needs it" in found


def test_a_menu_that_does_not_begin_with_a_question_is_refused(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"menu/flow.yaml": MENU.replace("start: wish", "start: to_lift")})
    assert any("the menu must start with a question" in p.message for p in found)


def test_a_folder_without_a_flow_is_found(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"empty/texts/en.toml": "[phrases]\n"})
    assert any("cannot be read" in p.message and "empty" in p.path for p in found)


def test_circles_through_two_flows_are_found(tmp_path: Path) -> None:
    changes: dict[str, str | None] = {
        "help/flow.yaml": HELP.replace("start: what", "start: thanks").replace(
            "    end: completed", "    go: lift"
        ),
        "lift/flow.yaml": LIFT.replace("start: day", "start: booked").replace(
            "    end: completed", "    go: help"
        ),
    }
    assert any("circle without a question" in p.message for p in problems_of(tmp_path, changes))


def test_a_long_row_of_steps_without_a_question_is_found(tmp_path: Path) -> None:
    row = "".join(f"  s{n}:\n    say: true\n    then: s{n + 1}\n" for n in range(20))
    flow = HELP.replace("then: thanks", "then: s0").replace(
        "  thanks:", row + "  s20:\n    say: true\n    then: thanks\n  thanks:"
    )
    texts = HELP_TEXTS + "".join(f's{n} = "Step."\n' for n in range(21))
    found = problems_of(tmp_path, {"help/flow.yaml": flow, "help/texts/en.toml": texts})
    assert [p.message for p in found if "without a question" in p.message] != []
    assert all("without a question" in p.message for p in found)


def test_the_longest_rows_the_checker_accepts_are_walked_to_their_end(tmp_path: Path) -> None:
    def row(name: str, then: str) -> str:  # one less than the most, for the menu's step leads to the first
        ways = [f"{name}{n}" for n in range(1, CHAIN_FLOW_MAX - 1)] + [then]
        return "".join(f"  {name}{n}:\n    say: true\n    then: {way}\n" for n, way in enumerate(ways))

    head = "flow: help\nversion: 1\nstart: a0\nexpires: 1h\nargument: what\nsteps:\n"
    asks = "  what:\n    ask: {choice: when, options: [now, later]}\n    then: {now: b0, later: b0}\n"
    more = "  day:\n    ask: {date: day}\n    then: c0\n  thanks:\n    end: completed\n"
    flow = head + row("a", "what") + asks + row("b", "day") + row("c", "thanks") + more
    steps = "".join(f'{name}{n} = "Step."\n' for name in "abc" for n in range(CHAIN_FLOW_MAX - 1))
    texts = (
        'keywords = ["help"]\n[phrases]\nwhat = "When?"\nday = "Which day?"\nthanks = "Done."\n'
        + steps
        + '[options.when]\nnow = { label = "At once" }\nlater = { label = "Friday" }\n'
    )
    changes = {"help/flow.yaml": flow, "help/texts/en.toml": texts}
    assert problems_of(tmp_path, changes) == []
    ann = Resident(make_library(tmp_path, changes))
    assert ann.texts("help at once").endswith("Which day?")
    ann.texts("help")
    assert ann.texts("friday").endswith("Done.")


def test_a_flow_that_needs_values_cannot_be_started_without(tmp_path: Path) -> None:
    given = LIFT.replace("start: day", "start: day\ngiven: [trip]")
    found = [p.message for p in problems_of(tmp_path, {FLOW: given})]
    assert any("cannot have keywords" in message for message in found)
    assert any("needs values given" in message for message in found)


def test_an_older_version_in_the_wrong_folder_is_found(tmp_path: Path) -> None:
    older = {"lift/versions/7/flow.yaml": LIFT, "lift/versions/7/texts/en.toml": LIFT_TEXTS}
    assert any("lies in versions/7" in p.message for p in problems_of(tmp_path, {**older}))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    changes: dict[str, str | None] = {
        FLOW: LIFT.replace("then: seats", "then: seat").replace("end: completed", "go: manu"),
        TEXTS: LIFT_TEXTS.replace('sorry = "No seats are left."\n', ""),
        "help/texts/en.toml": HELP_TEXTS.replace("{what}", "{waht}"),
    }
    found = problems_of(tmp_path, changes)
    assert {Path(p.path).name for p in found} == {"flow.yaml", "en.toml"}
    assert len(found) >= 4
    assert found == sorted(found)


def test_yes_and_no_and_times_stay_words(tmp_path: Path) -> None:
    timed = LIFT.replace("{date: day}", "{time: day, between: [08:00, 20:00]}")
    assert problems_of(tmp_path, {FLOW: timed}) == []
