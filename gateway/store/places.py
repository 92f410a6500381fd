"""The community's places, by every name people use for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flows.answers.fold import fold
from gateway.store.database import Tx

HOME = ("home", "my home", "my house", "my place", "casa", "mi casa", "집", "우리 집", "저희 집")
"""What a rider whose home is known may call it."""


class Places:
    """A gazetteer read from the database; it keeps flows' `Gazetteer` protocol."""

    def __init__(self, labels: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._labels = labels
        self._names = names
        self._at_home: dict[str, Places] = {}

    def names(self, language: str) -> Mapping[str, str]:  # noqa: ARG002 - nicknames know no language here
        """Map each folded name or nickname to its place's key."""
        return self._names

    def label(self, key: str) -> str:
        """Give a place's own name."""
        return self._labels[key]

    def with_home(self, key: str) -> Places:
        """Give the places as somebody knows them whose home is one of them (an empty string: not known)."""
        if not key:
            return self
        if key not in self._at_home:
            names = {**self._names, **dict.fromkeys(map(fold, HOME), key)}
            self._at_home[key] = Places(self._labels, names)
        return self._at_home[key]


def load_places(tx: Tx) -> Places:
    """Read every place."""
    labels: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in tx.all("SELECT key, label, nicknames FROM place ORDER BY key"):
        labels[row["key"]] = row["label"]
        for name in (row["label"], *json.loads(row["nicknames"])):
            names.setdefault(fold(name), row["key"])
    return Places(labels, names)
