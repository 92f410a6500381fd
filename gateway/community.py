"""A community as its coordinators write it down: one folder of small files, read and checked whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from gateway.community_foodbank import FoodBank, read_foodbank
from gateway.community_help import read_help
from gateway.community_lifts import LiftScheme
from gateway.community_people import (
    LANGUAGE,
    Coordinator,
    DriverEntry,
    read_coordinators,
    read_drivers,
    read_members,
)
from gateway.community_places import Place, read_places
from gateway.community_polls import PollDraft, read_polls
from gateway.community_timetable import read_lifts, read_rules
from gateway.community_volunteers import Volunteer, read_volunteers
from gateway.community_votes import MemberEntry
from gateway.help_settings import HelpSettings
from gateway.toml_file import TomlFile, TomlTable

# Every GSM network puts this number through, in whatever country.
EMERGENCY_NUMBER = "112"


@dataclass(frozen=True, slots=True)
class Community:
    """Everything a community has written down. `region` is ISO 3166 alpha-2, `language` BCP 47."""

    name: str
    region: str
    language: str
    zone: ZoneInfo
    emergency_number: str = EMERGENCY_NUMBER
    coordinators: Sequence[Coordinator] = ()
    places: Sequence[Place] = ()
    volunteers: Sequence[Volunteer] = ()
    members: Sequence[MemberEntry] = ()
    polls: Sequence[PollDraft] = ()
    drivers: Sequence[DriverEntry] = ()
    lifts: LiftScheme | None = None
    help: HelpSettings | None = None
    foodbank: FoodBank | None = None


def load_community(folder: Path) -> Community:
    """Read and check a community's folder. Raises ConfigError for the first mistake."""
    file = TomlFile(folder / "community.toml")
    rules_table = file.table("lifts")
    top = file.top()
    region, zone = region_in(top), zone_in(top)
    places, drivers = read_places(folder), read_drivers(folder, region)
    language = language_in_top(top)
    settings = read_help(folder, language)
    community = Community(
        name=top.text("name", example='"Ashby"'),
        region=region,
        language=language,
        zone=zone,
        emergency_number=emergency_number_in(top),
        coordinators=read_coordinators(folder, region),
        places=places,
        volunteers=read_volunteers(folder, region, settings),
        members=read_members(folder, region),
        polls=read_polls(folder, zone),
        drivers=drivers,
        lifts=read_lifts(folder, region, drivers, {place.key for place in places}, read_rules(rules_table)),
        help=settings,
        foodbank=read_foodbank(folder),
    )
    for table in (top, rules_table):
        table.close()
    return community


def region_in(top: TomlTable) -> str:
    """Read the country. Raises ConfigError."""
    region = top.text("region", example='"GB"')
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise top.wrong("region", 'must be a country code of two capital letters: region = "GB"')
    return region


def language_in_top(top: TomlTable) -> str:
    """Read the language everybody is spoken to in who has named none. Raises ConfigError."""
    language = top.text("language", example='"en"')
    if not LANGUAGE.fullmatch(language):
        raise top.wrong("language", 'must be a language tag: language = "en"')
    return language


def zone_in(top: TomlTable) -> ZoneInfo:
    """Read where the clock is. Raises ConfigError."""
    example = 'zone = "Europe/London"'
    try:
        return ZoneInfo(top.text("zone", example='"Europe/London"'))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise top.wrong("zone", f"is no time zone. Write for example: {example}") from None


def emergency_number_in(top: TomlTable) -> str:
    """Read the number to call in an emergency. Raises ConfigError."""
    number = top.optional_text("emergency_number", example='"999"') or EMERGENCY_NUMBER
    if not re.fullmatch(r"[0-9]{3,8}", number):
        raise top.wrong("emergency_number", 'must be the number to call for an ambulance, in quotes: "999"')
    return number
