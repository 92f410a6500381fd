"""All flows that can be held, with the texts they share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from flows.errors import Problem, UnknownFlow
from flows.load import read_flow
from flows.load_texts import read_common
from flows.model import Common, Flow

BUILT_IN = Path(__file__).parent / "library"
"""The flows that come with Plainline."""

COMMON = "common"
"""The folder of what every flow shares; no flow may be called so."""


class Library:
    """The flows by name and version, and the common texts by language; never changed after loading.

    `binding` names the actions that change the world: BACK does not go behind them.
    `problems` are those found while reading; `flows.check.check` finds the others.
    """

    def __init__(
        self,
        flows: Iterable[Flow],
        common: Mapping[str, Common],
        *,
        binding: Collection[str] = (),
        problems: Iterable[Problem] = (),
    ) -> None:
        self.versions: dict[tuple[str, int], Flow] = {(flow.name, flow.version): flow for flow in flows}
        self.flows: dict[str, Flow] = {}
        for flow in self.versions.values():
            if flow.name not in self.flows or flow.version > self.flows[flow.name].version:
                self.flows[flow.name] = flow
        self.common = dict(common)
        self.binding = frozenset(binding)
        self.problems = tuple(problems)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that are spoken here, as BCP 47 tags."""
        return tuple(self.common)

    def flow(self, name: str, version: int = 0) -> Flow:
        """Give a flow in the version asked for (0: the newest); raises UnknownFlow."""
        found = self.versions.get((name, version)) if version else self.flows.get(name)
        if found is None:
            asked = f"flow {name} version {version}" if version else f"flow {name}"
            raise UnknownFlow(
                f"{asked} is not in the library; conversations in it cannot go on. "
                "Put its folder back, or keep the old version under versions/."
            )
        return found


def load_library(directories: Iterable[Path] = (BUILT_IN,), binding: Collection[str] = ()) -> Library:
    """Read every flow below the directories; a flow in a later one takes the place of its namesake.

    Never raises for what stands in the files: what is wrong there is in `Library.problems`.
    """
    problems: list[Problem] = []
    folders: dict[str, list[Path]] = {}
    common: dict[str, Common] = {}
    for directory in directories:
        if not directory.is_dir():
            problems.append(
                Problem(str(directory), 1, "there is no such folder; name the folder that holds the flows")
            )
            continue
        common.update(read_common(directory / COMMON, problems))
        for folder in sorted(directory.iterdir()):
            if folder.is_dir() and folder.name != COMMON and not folder.name.startswith((".", "_")):
                folders[folder.name] = [folder, *sorted((folder / "versions").glob("*/"))]
    flows = [
        flow for group in folders.values() for folder in group if (flow := _read(folder, group[0], problems))
    ]
    return Library(flows, common, binding=binding, problems=problems)


def _read(folder: Path, home: Path, problems: list[Problem]) -> Flow | None:
    flow = read_flow(folder, problems)
    if flow is None:
        return None
    line = flow.lines.get("flow", 1)
    if flow.name != home.name:
        problems.append(
            Problem(
                flow.path, line, f"flow `{flow.name}` lies in the folder `{home.name}`; call both the same"
            )
        )
    if folder != home and str(flow.version) != folder.name:
        line = flow.lines.get("version", 1)
        problems.append(
            Problem(
                flow.path, line, f"version {flow.version} lies in versions/{folder.name}; call both the same"
            )
        )
    return flow
