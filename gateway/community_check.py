"""Every mistake in a community's folder at once, for whoever edits it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from gateway.community import emergency_number_in, language_in_top, load_community, region_in, zone_in
from gateway.community_foodbank import read_foodbank
from gateway.community_help import read_help
from gateway.community_people import DriverEntry, read_coordinators, read_drivers, read_members
from gateway.community_places import Place, read_places
from gateway.community_polls import read_polls
from gateway.community_timetable import read_lifts, read_rules
from gateway.community_volunteers import read_volunteers
from gateway.errors import ConfigError
from gateway.help_settings import HelpSettings
from gateway.toml_file import TomlFile

T = TypeVar("T")
FILES = frozenset(
    {
        "closed_days.csv",
        "community.toml",
        "coordinators.csv",
        "drivers.csv",
        "foodbank.toml",
        "help.toml",
        "members.csv",
        "places.csv",
        "polls.toml",
        "riders.csv",
        "runs.csv",
        "service_hours.csv",
        "travel_times.csv",
        "vehicles.csv",
        "volunteers.csv",
    }
)


def community_mistakes(folder: Path) -> list[str]:
    """Give every mistake in a folder, each with file and line; none: the gateway takes it as it is.

    Where one value is wrong, the others are looked at as if it were right.
    """
    mistakes: list[str] = [*_strangers(folder)]

    def tried(read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except ConfigError as error:
            mistakes.extend(line for line in str(error).splitlines() if line not in mistakes)
            return instead

    try:
        file = TomlFile(folder / "community.toml")
    except ConfigError as error:
        return [*mistakes, *str(error).splitlines()]
    rules_table, top = file.table("lifts"), file.top()
    region = tried(lambda: region_in(top), "GB")
    zone = tried(lambda: zone_in(top), ZoneInfo("UTC"))
    language = tried(lambda: language_in_top(top), "en")
    tried(lambda: emergency_number_in(top), "")
    tried(lambda: top.text("name", example='"Ashby"'), "")
    rules = tried(lambda: read_rules(rules_table), None)
    settings = tried(lambda: read_help(folder, language), HelpSettings(language))
    places: list[Place] = tried(lambda: read_places(folder), [])
    drivers: list[DriverEntry] = tried(lambda: read_drivers(folder, region), [])
    if rules is not None:
        tried(lambda: read_lifts(folder, region, drivers, {place.key for place in places}, rules), None)
    for read in (
        lambda: read_coordinators(folder, region),
        lambda: read_members(folder, region),
        lambda: read_volunteers(folder, region, settings),
        lambda: read_polls(folder, zone),
        lambda: read_foodbank(folder),
    ):
        tried(read, None)
    if not mistakes:  # what concerns several files together is found only by loading them all
        tried(lambda: load_community(folder), None)
    return mistakes


def _strangers(folder: Path) -> list[str]:
    """Name files that nobody reads: a name with a slip in it is as good as no file."""
    if not folder.is_dir():
        return []
    return [
        f"{path}: Plainline reads no file of this name, so what stands in it has no effect. "
        f"It knows {', '.join(sorted(FILES))}."
        for path in sorted(folder.iterdir())
        if path.suffix in (".csv", ".toml") and path.name not in FILES
    ]
