"""The food bank a community has written down: `foodbank.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import time
from pathlib import Path
from typing import Any

from flows.value import Json
from gateway.community_places import KEY
from gateway.toml_file import TomlFile, TomlTable

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOWS = ("collection", "delivery")


@dataclass(frozen=True, slots=True)
class Slot:
    """When parcels are handed out (`how` is `collection`) or brought (`delivery`), every week.

    Monday is 0; `capacity` is how many households can be served each time.
    """

    key: str
    how: str
    weekday: int
    starts: time
    ends: time
    capacity: int


@dataclass(frozen=True, slots=True)
class FoodBank:
    """A food bank at `place`. Slots are offered `weeks_ahead`, up to `notice_hours` before they start."""

    place: str
    weeks_ahead: int
    notice_hours: int
    slots: Sequence[Slot]

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object that `from_json` reads."""
        slots: list[Json] = [
            {**asdict(slot), "starts": slot.starts.isoformat(), "ends": slot.ends.isoformat()}
            for slot in self.slots
        ]
        return {
            "place": self.place,
            "weeks_ahead": self.weeks_ahead,
            "notice_hours": self.notice_hours,
            "slots": slots,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FoodBank:
        """Read what `to_json` gave."""
        slots = [
            Slot(
                **{
                    **item,
                    "starts": time.fromisoformat(item["starts"]),
                    "ends": time.fromisoformat(item["ends"]),
                }
            )
            for item in data["slots"]
        ]
        return cls(data["place"], data["weeks_ahead"], data["notice_hours"], slots)


def read_foodbank(folder: Path) -> FoodBank | None:
    """Read `foodbank.toml` (None: there is none). Raises ConfigError."""
    path = folder / "foodbank.toml"
    if not path.exists():
        return None
    file = TomlFile(path)
    tables = file.tables("slot")
    slots: list[Slot] = []
    for table in tables:
        slots.append(_slot(table))
        table.close()
        if any(slots[-1].key == other.key for other in slots[:-1]):
            raise table.wrong("key", f"is {slots[-1].key}, which stands there already. Choose another.")
    top = file.top()
    bank = FoodBank(
        place=top.text("place", example='"Church Hall"'),
        weeks_ahead=top.whole("weeks_ahead", 3, least=1, most=12),
        notice_hours=top.whole("notice_hours", 18, least=0, most=168),
        slots=slots,
    )
    if not slots:
        raise top.wrong("place", "has no times. Add at least one [[slot]].")
    top.close()
    return bank


def _slot(table: TomlTable) -> Slot:
    key = table.text("key", example='"tuesday"')
    if not KEY.fullmatch(key):
        raise table.wrong("key", "must be small letters, digits and _, a letter first: tuesday.")
    day = table.text("day", example='"Tue"')
    starts, ends = table.clock("starts", example="10:00"), table.clock("ends", example="12:00")
    if starts >= ends:
        raise table.wrong("ends", "must be later than starts.")
    return Slot(
        key=key,
        how=table.one_of("how", HOWS, default="collection"),
        weekday=DAYS.index(table.one_of("day", DAYS, default=day)),
        starts=starts,
        ends=ends,
        capacity=table.whole("capacity", 10, least=1, most=1000),
    )
