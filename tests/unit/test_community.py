"""A community's files are read with care: every mistake is told with file, line and remedy."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.community import Community, load_community
from gateway.errors import ConfigError

ASHBY = Path(__file__).parents[2] / "gateway" / "sample" / "ashby"
Change = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def ashby() -> Community:
    return load_community(ASHBY)


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Change one thing in one file of a copy of Ashby, and give the folder."""
    folder = tmp_path / "ashby"
    shutil.copytree(ASHBY, folder)

    def change_file(name: str, before: str, after: str) -> Path:
        source = (folder / name).read_text("utf-8")
        assert before in source
        (folder / name).write_text(source.replace(before, after, 1), "utf-8")
        return folder

    return change_file


def test_ashby_has_everything_a_demonstration_needs(ashby: Community) -> None:
    assert (ashby.name, ashby.region, ashby.language, ashby.emergency_number) == ("Ashby", "GB", "en", "999")
    assert ashby.zone == ZoneInfo("Europe/London")
    assert any(coordinator.on_duty for coordinator in ashby.coordinators)
    assert len(ashby.places) >= 14
    assert ashby.lifts is not None
    assert [vehicle.wheelchair_spaces for vehicle in ashby.lifts.vehicles] == [1, 1]
    assert len(ashby.lifts.drivers) >= 2
    assert len(ashby.volunteers) >= 5
    assert {poll.secret for poll in ashby.polls} == {False, True}
    assert len({member.number for member in ashby.members}) < len(ashby.members), "two share a handset"


def test_every_number_in_ashby_is_one_that_rings_nowhere(ashby: Community) -> None:
    numbers = {person.number for person in (*ashby.coordinators, *ashby.drivers, *ashby.volunteers)}
    numbers |= {member.number for member in ashby.members}
    assert numbers
    assert all(number.startswith("+447700900") for number in numbers)


def test_every_poll_in_ashby_speaks_every_language(ashby: Community) -> None:
    for poll in ashby.polls:
        for words in (poll.question, *(option.label for option in poll.options)):
            assert set(words) == {"en", "es", "ko"}


def test_days_become_the_hours_of_each_day(ashby: Community) -> None:
    assert ashby.lifts is not None
    hours = {h.weekday: h.end_pickup_drop_off_window for h in ashby.lifts.service_hours}
    assert hours == {**dict.fromkeys(range(5), time(17, 30)), 5: time(13, 0)}


def test_a_poll_without_moments_opens_when_it_is_loaded(ashby: Community) -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    entry = ashby.polls[0].entry(now)
    assert entry.opens_at == now
    assert (entry.closes_at - now).days == 28


def test_a_poll_with_moments_keeps_them_in_local_time(change: Change) -> None:
    when = 'opens = "2026-07-01 09:00"\ncloses = "2026-07-08 20:00"'
    poll = load_community(change("polls.toml", "open_for_days = 28", when)).polls[0]
    entry = poll.entry(datetime(2026, 3, 2, tzinfo=UTC))
    assert entry.opens_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert entry.closes_at == datetime(2026, 7, 8, 19, 0, tzinfo=UTC)


def test_a_poll_with_an_end_alone_may_be_loaded_again_after_it(change: Change) -> None:
    poll = load_community(change("polls.toml", "open_for_days = 28", 'closes = "2026-07-08 20:00"')).polls[0]
    before = poll.entry(datetime(2026, 7, 1, tzinfo=UTC))
    after = poll.entry(datetime(2026, 8, 1, tzinfo=UTC))
    assert before.opens_at == datetime(2026, 7, 1, tzinfo=UTC)
    assert after.opens_at < after.closes_at == before.closes_at


@pytest.mark.parametrize(
    "written", ["07700 900011", "+44 7700 900011", "0044 7700 900011", "(07700) 900-011"]
)
def test_a_number_is_read_however_it_is_written(change: Change, written: str) -> None:
    community = load_community(change("drivers.csv", "07700 900011", written))
    assert community.drivers[0].number == "+447700900011"


def test_files_are_read_as_spreadsheets_save_them(tmp_path: Path) -> None:
    (tmp_path / "community.toml").write_text((ASHBY / "community.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "places.csv").write_bytes(
        "\ufeffKey;Label;Nicknames\r\ncoop; Co-op ;shop|the shop\r\n;;\r\n".encode()
    )
    community = load_community(tmp_path)
    assert [(p.key, p.label, p.nicknames) for p in community.places] == [
        ("coop", "Co-op", ("shop", "the shop"))
    ]
    assert community.lifts is None


MISTAKES = [
    ("community.toml", 'name = "Ashby"', "", "name is missing. Write for example"),
    ("community.toml", '"GB"', '"UK"', "line 4: region must be a country code"),
    ("community.toml", '"en"', '"english!"', "line 5: language must be a language tag"),
    ("community.toml", "Europe/London", "Europe/Ashby", "line 6: zone is no time zone. Write"),
    ("community.toml", '"999"', '"call us"', "line 7: emergency_number must be"),
    ("community.toml", "region", "nation", "is missing"),
    (
        "community.toml",
        "emergency_number",
        "emergency_nr",
        "line 7: emergency_nr is not a setting. Did you mean",
    ),
    (
        "community.toml",
        "loading_min = 5",
        "loading_min = -5",
        "line 12: .*loading_min must be a whole number",
    ),
    ("places.csv", "key,label", "key,name", "line 1: column label is missing. The first line must be"),
    ("places.csv", "nicknames", "nicknames,colour", "line 1: column 'colour' is not known"),
    ("places.csv", "surgery,Ashby Surgery,", "surgery,Ashby, Surgery,", "line 2: 6 values for 5 columns"),
    ("places.csv", "surgery,Ashby Surgery", "surgery,", "line 2: label is empty. Fill it in"),
    ("places.csv", "coop,Co-op", "chemist,Co-op", "line 4: key stands in line 3 already"),
    ("places.csv", "coop,Co-op", "Co op,Co-op", "line 4: key must be small letters"),
    (
        "places.csv",
        "coop|the Co-op",
        "Boots|the Co-op",
        "line 4: nicknames Boots means Boots Chemist already",
    ),
    ("places.csv", "surgery,Ashby Surgery", 'surgery,"Ashby" Surgery', "line 2: this is not CSV"),
    ("coordinators.csv", "07700 900001", "77", "line 2: number is no telephone number. Spreadsheets"),
    ("coordinators.csv", "07700 900001", "Margaret", "line 2: number is no telephone number. Spreadsheets"),
    ("coordinators.csv", "07700 900002", "+447700900001", "line 3: number stands in line 2 already"),
    ("coordinators.csv", "en,yes", "en,sometimes", "line 2: on_duty must be yes or no"),
    ("volunteers.csv", ",3,en", ",3,English", "line 2: language English is no language tag"),
    ("vehicles.csv", "7,1", "seven,1", "line 2: seats must be a whole number"),
    ("vehicles.csv", "7,1", "0,0", "no room for riders"),
    ("runs.csv", "minibus,Tom", "bus,Tom", "line 2: vehicle must be a key out of vehicles.csv: car, minibus"),
    ("runs.csv", "Tom Barker", "Tommy", "line 2: driver must be a name out of drivers.csv"),
    ("runs.csv", "Mon-Fri", "Fri-Mon", "line 2: days must be days such as"),
    ("runs.csv", "Mon-Fri", "weekdays", "line 2: days must be days such as"),
    ("runs.csv", "09:00,13:00", "9 o'clock,13:00", "line 2: starts must be a time of day"),
    ("runs.csv", "09:00,13:00", "13:00,09:00", "line 2: ends must be later than starts"),
    ("runs.csv", "09:00,13:00", "09:00,13:30", "Vehicle minibus has two drivers at once"),
    ("service_hours.csv", "Sat", "Fri", "line 3: days has a day that stands in an earlier line"),
    ("service_hours.csv", "08:30,17:30", "17:30,08:30", "line 2: last_dropoff must be later"),
    ("travel_times.csv", "mill_lane,surgery", "mill_road,surgery", "line 2: from mill_road is no key"),
    ("travel_times.csv", "surgery,8", "surgery,soon", "line 2: minutes must be a whole number"),
    ("polls.toml", '"bench"', '"Bench 1"', "line 3: .*key must be small letters"),
    ("polls.toml", '"hall"', '"bench"', "line 14: .*key bench names two polls"),
    ("polls.toml", "secret = true", 'secret = "yes"', "line 15: .*secret must be true or false"),
    (
        "polls.toml",
        "open_for_days = 28",
        "open_for_day = 4",
        "line 10: .*is not a setting. Did you mean open_for_days",
    ),
    ("polls.toml", "open_for_days = 28", 'opens = "soon"', "line 10: .*opens must be a local date and time"),
    ("polls.toml", "options = [", "options = 3 #", "this is not TOML|options must be a list"),
]


@pytest.mark.parametrize(("name", "before", "after", "told"), MISTAKES)
def test_each_mistake_is_told_with_file_line_and_remedy(
    change: Change, name: str, before: str, after: str, told: str
) -> None:
    folder = change(name, before, after)
    with pytest.raises(ConfigError, match=told) as caught:
        load_community(folder)
    assert str(folder) in str(caught.value)
    assert "7700" not in str(caught.value), "no number may stand in an error"


def test_a_file_in_another_encoding_is_told(change: Change) -> None:
    folder = change("places.csv", "key", "key")
    (folder / "volunteers.csv").write_bytes("number,name\n07700 900021,Sofía\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"volunteers.csv, line 2: the file is not UTF-8. Save it again"):
        load_community(folder)


def test_a_folder_without_a_community_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"community\.toml"):
        load_community(tmp_path)
