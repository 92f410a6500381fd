"""What a community settles about help is read with care: every mistake with file, line and remedy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from gateway.community import Community, load_community
from gateway.community_foodbank import FoodBank
from gateway.errors import ConfigError
from gateway.help_settings import HelpSettings

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


def test_a_file_of_ones_own_takes_the_place_of_what_it_lists_and_of_no_more(ashby: Community) -> None:
    assert ashby.help is not None
    assert [area.key for area in ashby.help.areas][:2] == ["mill_lane", "orchard_court"]
    assert ashby.help.categories[0].key == "shopping"
    assert [urgency.when for urgency in ashby.help.urgencies] == ["now", "today", "day", "any"]
    assert [urgency.answer_minutes for urgency in ashby.help.urgencies] == [10, 30, 240, 480]


def test_everything_has_a_name_in_every_language(ashby: Community) -> None:
    assert ashby.help is not None
    settings = ashby.help
    for named in (*settings.categories, *settings.areas, *settings.urgencies, *settings.parts):
        assert set(named.names) == {"en", "es", "ko"}, named.key


def test_a_language_without_a_name_gets_the_first_there_is(ashby: Community) -> None:
    assert ashby.help is not None
    assert ashby.help.category_name("medicine", "es") == "Medicinas"
    assert ashby.help.category_name("medicine", "fr") == "Medicine"
    assert ashby.help.area_name("14 Bridge Street", "en") == "14 Bridge Street"


def test_settings_come_back_from_the_database_as_they_were(ashby: Community) -> None:
    assert ashby.help is not None
    assert ashby.foodbank is not None
    assert HelpSettings.from_json(json.loads(json.dumps(ashby.help.to_json()))) == ashby.help
    assert FoodBank.from_json(json.loads(json.dumps(ashby.foodbank.to_json()))) == ashby.foodbank


def test_a_volunteers_times_are_read_day_by_day(ashby: Community) -> None:
    hours = {volunteer.name: volunteer.hours for volunteer in ashby.volunteers}
    assert [(one.weekday, one.starts, one.ends) for one in hours["Ann Whitlock"]] == [
        (day, time(9), time(17)) for day in range(5)
    ]
    assert hours["Bill Fairley"] == ()
    assert len(hours["Min-ji Kim"]) == 9


def test_a_community_without_these_files_has_help_and_no_food_bank(change: Change) -> None:
    folder = change("help.toml", "mill_lane", "mill_lane")
    for name in ("help.toml", "foodbank.toml", "volunteers.csv"):
        (folder / name).unlink()
    found = load_community(folder)
    assert found.help is not None
    assert (len(found.help.categories), found.help.areas, found.foodbank) == (6, (), None)


MISTAKES = [
    ("help.toml", '"mill_lane"', '"Mill Lane"', r"help.toml, line 4: .*key must be small letters"),
    ("help.toml", '"orchard_court"', '"mill_lane"', r"line 9: .*key is mill_lane, which stands there"),
    ("help.toml", 'en = "the flats|', 'en = "the mill|', r"line 10: .*the mill means mill_lane already"),
    ("help.toml", 'name = { en = "Mill Lane"', 'nam = { en = "Mill Lane"', "line 3: .*name is missing"),
    ("help.toml", "[[area]]", "offers_at_once = 0\n[[area]]", "line 3: offers_at_once must be a whole"),
    ("help.toml", "[[area]]", "erase_words = 3\n[[area]]", "line 3: erase_words is not a setting"),
    ("foodbank.toml", '"Tue"', '"Tues"', r"foodbank.toml, line 9: .*day must be one of Mon, Tue"),
    ("foodbank.toml", '"12:00"', '"09:00"', r"line 11: .*ends must be later than starts"),
    ("foodbank.toml", "capacity = 12", "capacity = 0", r"line 12: .*capacity must be a whole number from 1"),
    ("foodbank.toml", '"collection"', '"pick up"', r"line 8: .*how must be one of collection, delivery"),
    ("foodbank.toml", '"friday"', '"tuesday"', r"line 15: .*key is tuesday, which stands there already"),
    ("volunteers.csv", "shopping|medicine", "shoping|medicine", "line 2: categories has shoping, which"),
    ("volunteers.csv", "mill_lane|market_place", "Mill Lane", "line 2: areas has Mill Lane, which help"),
    ("volunteers.csv", "Mon-Fri 09:00-17:00", "weekdays", "line 2: times must be times such as"),
    ("volunteers.csv", "09:00-17:00", "17:00-09:00", "line 2: times has hours that end before they start"),
    ("volunteers.csv", "09:00-17:00", "09:00-25:00", "line 2: times must be times such as"),
    ("volunteers.csv", ",3,en", ",none,en", "line 2: weekly_offers must be a whole number from 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "message"), MISTAKES)
def test_each_mistake_is_told_with_its_line(
    change: Change, name: str, before: str, after: str, message: str
) -> None:
    folder = change(name, before, after)
    with pytest.raises(ConfigError, match=message):
        load_community(folder)


def test_more_than_a_telephone_has_keys_for_is_refused(change: Change) -> None:
    more = "\n".join(f'[[area]]\nkey = "area{n}"\nname = {{ en = "Area {n}" }}' for n in range(4))
    folder = change("help.toml", "[[area]]", f"{more}\n[[area]]")
    with pytest.raises(ConfigError, match="is one too many: a telephone has keys for 8"):
        load_community(folder)
