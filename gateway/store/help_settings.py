"""What the community's files say about help, as the database keeps it between two loads."""

from __future__ import annotations

from functools import lru_cache

from gateway.community_foodbank import FoodBank
from gateway.help_settings import HelpSettings
from gateway.store.database import Tx
from gateway.store.packed import pack, unpack

_HELP, _FOODBANK = "help", "foodbank"


def keep_help_settings(tx: Tx, settings: HelpSettings) -> None:
    """Keep what is settled about help."""
    _keep(tx, _HELP, pack(settings.to_json()))


def keep_foodbank(tx: Tx, foodbank: FoodBank | None) -> None:
    """Keep what is settled about the food bank, or that there is none."""
    if foodbank is None:
        tx.run("DELETE FROM help_settings WHERE name = :name", name=_FOODBANK)
    else:
        _keep(tx, _FOODBANK, pack(foodbank.to_json()))


def help_settings(tx: Tx) -> HelpSettings:
    """Give what is settled about help; nothing at all where no community was ever loaded."""
    found = _kept(tx, _HELP)
    return _help(found) if found else HelpSettings("en")


def foodbank_settings(tx: Tx) -> FoodBank | None:
    """Give what is settled about the food bank (None: there is none)."""
    found = _kept(tx, _FOODBANK)
    return _foodbank(found) if found else None


def _keep(tx: Tx, name: str, data: str) -> None:
    tx.run(
        "INSERT INTO help_settings (name, data) VALUES (:name, :data) "
        "ON CONFLICT (name) DO UPDATE SET data = excluded.data",
        name=name,
        data=data,
    )


def _kept(tx: Tx, name: str) -> str:
    row = tx.one("SELECT data FROM help_settings WHERE name = :name", name=name)
    return str(row["data"]) if row else ""


@lru_cache(maxsize=4)  # read in every turn about help, and the same until the files are loaded again
def _help(data: str) -> HelpSettings:
    return HelpSettings.from_json(unpack(data))


@lru_cache(maxsize=4)
def _foodbank(data: str) -> FoodBank:
    return FoodBank.from_json(unpack(data))
