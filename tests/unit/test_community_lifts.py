"""A community's transport is read with care: every mistake of every file at once, each with its line."""

from __future__ import annotations

import shutil
from datetime import date, time
from pathlib import Path

import pytest

from gateway.community import load_community
from gateway.community_lifts import LiftScheme
from gateway.errors import ConfigError
from gateway.store.lift_rules import BookingRules
from tests.village import ASHBY

WRONG = [
    ("vehicles.csv", "tank,Tank,two,0,no", "seats must be a whole number"),
    ("vehicles.csv", "minibus,Other,2,0,no", "stands in line 2 already"),
    ("vehicles.csv", "van,Van,2,1,maybe", "lift must be yes or no"),
    ("runs.csv", "boat,Tom Barker,Mon,9:00,10:00", "must be a key out of vehicles.csv"),
    ("runs.csv", "car,Nobody,Mon,9:00,10:00", "must be a name out of drivers.csv"),
    ("runs.csv", "car,Carlos Vega,Someday,9:00,10:00", "must be days such as Mon-Fri"),
    ("runs.csv", "car,Carlos Vega,Sun,10:00,9:00", "must be later than starts"),
    ("runs.csv", "car,Carlos Vega,Sun,25:00,26:00", "must be a time of day"),
    ("service_hours.csv", "Mon,9:00,10:00", "stands in an earlier line"),
    ("closed_days.csv", "24 December,Christmas,yes", "must be a date such as 2026-12-25"),
    ("closed_days.csv", "2026-03-20,Again,yes", "stands in line 2 already"),
    ("travel_times.csv", "mill_lane,moon,9", "moon is no key out of places.csv"),
    ("travel_times.csv", "mill_lane,pub,900", "whole number from 0 to 240"),
    ("riders.csv", "07700 900079,Nell,en,horse,", "needs must be one of alone, companion"),
    ("riders.csv", "07700 900079,Nell,en,alone,moon", "moon is no key out of places.csv"),
    ("riders.csv", "12,Nell,en,alone,", "is no telephone number"),
    ("places.csv", "moon,The Moon,,north,3", "must be degrees between -90 and 90"),
    ("places.csv", "moon,The Moon,,52.4,", "longitude is empty"),
    ("drivers.csv", "07700 900079,Nell,en,perhaps", "name_told must be yes or no"),
]
WRONG_RULES = [
    ("window_min = 15", "window_min = 200", "from 0 to 120"),
    ("offer_min = 120", "offer_min = 1", "from 15 to 1440"),
    ('reminder_time = "18:00"', 'reminder_time = "evening"', "must be a time of day in quotes"),
    ('holidays = "GB-ENG"', 'holidays = "Ashby"', "must be a country, or a part of it"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy Ashby."""
    return Path(shutil.copytree(ASHBY, tmp_path / "ashby"))


def add(folder: Path, file: str, line: str) -> int:
    """Add a line to a file, and give its number."""
    source = (folder / file).read_text("utf-8")
    (folder / file).write_text(f"{source}{line}\n", "utf-8")
    return source.count("\n") + 1


def complaint(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_community(folder)
    return str(caught.value)


@pytest.mark.parametrize(("file", "line", "why"), WRONG, ids=lambda value: str(value)[:30])
def test_each_mistake_is_told_with_file_line_and_remedy(folder: Path, file: str, line: str, why: str) -> None:
    number = add(folder, file, line)
    told = complaint(folder)
    assert f"{file}, line {number}: " in told
    assert why in told
    assert "900079" not in told


def test_every_mistake_of_every_file_is_told_at_once(folder: Path) -> None:
    wrong = [entry for entry in WRONG if entry[0] in ("runs.csv", "riders.csv", "travel_times.csv")]
    places = [f"{file}, line {add(folder, file, line)}: " for file, line, _ in wrong]
    told = complaint(folder).splitlines()
    assert len(told) == len(wrong)
    for place in places:
        assert any(place in line for line in told)


def test_two_drivers_in_one_vehicle_are_told(folder: Path) -> None:
    add(folder, "runs.csv", "minibus,Carlos Vega,Tue,10:00,11:00")
    assert "two drivers at once" in complaint(folder)


@pytest.mark.parametrize(("before", "after", "why"), WRONG_RULES, ids=lambda value: str(value)[:20])
def test_a_wrong_rule_is_told_with_its_line(folder: Path, before: str, after: str, why: str) -> None:
    source = (folder / "community.toml").read_text("utf-8")
    assert before in source
    line = source[: source.index(before)].count("\n") + 1
    (folder / "community.toml").write_text(source.replace(before, after), "utf-8")
    told = complaint(folder)
    assert f"line {line}" in told
    assert why in told


def test_what_is_written_down_is_what_counts(folder: Path) -> None:
    rules = 'prior_notice_last_day = 1\nprior_notice_last_time = "12:30"\n'
    source = (folder / "community.toml").read_text("utf-8")
    (folder / "community.toml").write_text(source.replace("[lifts]\n", f"[lifts]\n{rules}"), "utf-8")
    lifts = scheme(folder)
    assert lifts.rules.prior_notice_last_time == time(12, 30)
    assert lifts.rules.reminder_time == BookingRules().reminder_time
    assert [(driver.name, driver.name_told) for driver in lifts.drivers][:2] == [
        ("Tom Barker", True),
        ("Priya Shah", False),
    ]
    assert lifts.special_days[0].day == date(2026, 3, 20)
    assert [rider.home for rider in lifts.riders] == ["orchard_court", "mill_lane"]


def test_a_vehicle_with_a_wheelchair_space_has_a_lift_where_the_file_says_nothing(folder: Path) -> None:
    text = "key,label,seats,wheelchair_spaces\nminibus,Ashby Minibus,7,1\ncar,Community Car,3,0\n"
    (folder / "vehicles.csv").write_text(text, "utf-8")
    assert [vehicle.lift for vehicle in scheme(folder).vehicles] == [True, False]


def scheme(folder: Path) -> LiftScheme:
    lifts = load_community(folder).lifts
    assert lifts is not None
    return lifts
