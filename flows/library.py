"""All flows that can be held, with the texts they share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from flows.answers.base import Choice
from flows.errors import Problem, UnknownFlow
from flows.load import read_flow
from flows.load_texts import read_common
from flows.machine import StepMachine, build
from flows.model import Ask, Common, Flow, Phrase, Texts
from flows.phrases import placeholders
from flows.words import Vocabulary

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
        self._machines: dict[tuple[str, int], StepMachine] = {}
        self._choices: dict[tuple[str, int, tuple[str, ...], str, str], tuple[Choice, ...]] = {}
        self._placeholders: dict[tuple[str, int, str], frozenset[str]] = {}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that are spoken here, as BCP 47 tags."""
        return tuple(self.common)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What is recognised everywhere: global words, emergency words and keywords."""
        return Vocabulary(self.common, self.flows.values())

    def machine(self, flow: Flow) -> StepMachine:
        """Give the one machine of this flow version, built when first needed."""
        key = (flow.name, flow.version)
        if key not in self._machines:
            self._machines[key] = build(flow)
        return self._machines[key]

    def phrase(self, flow: str, version: int, key: str, language: str) -> Phrase | None:
        """Give a phrase of a flow or of `common` in a language (None: there is none)."""
        if flow == COMMON:
            texts: Common | Texts | None = self.common.get(language)
        else:
            texts = self.flow(flow, version).texts.get(language)
        return texts.phrases.get(key) if texts else None

    def choices(self, flow: Flow, ask: Ask, language: str) -> tuple[Choice, ...]:
        """Give the choices a flow names itself, with their labels in a language."""
        key = (flow.name, flow.version, ask.own_choices, ask.name, language)
        known = self._choices.get(key)
        if known is None:
            texts = flow.texts.get(language)
            labels = texts.options.get(ask.name, {}) if texts else {}
            known = self._choices[key] = tuple(
                Choice(option, labels[option].label, labels[option].also)
                if option in labels
                else Choice(option, option)
                for option in ask.own_choices
            )
        return known

    def placeholders(self, flow: str, version: int, key: str) -> frozenset[str]:
        """Give the names a phrase fills in, in any of its languages and variants."""
        known = self._placeholders.get((flow, version, key))
        if known is None:
            phrases = [self.phrase(flow, version, key, language) for language in self.languages]
            found = [placeholders(words) for phrase in phrases if phrase for words in phrase.variants()]
            known = self._placeholders[flow, version, key] = frozenset().union(*found)
        return known

    def secrets(self, flow: str, version: int) -> frozenset[str]:
        """Give the names of answers in a secret flow: what is said of them is nobody's but the resident's."""
        found = self.versions.get((flow, version))
        if found is None or not found.secret:
            return frozenset()
        return frozenset(step.ask.name for step in found.steps.values() if step.ask is not None)

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
    flows: dict[tuple[str, int], Flow] = {}
    for home, *older in folders.values():
        for folder in (home, *older):
            flow = read_flow(folder, problems)
            if flow is not None:
                problems.extend(_misplaced(flow, folder, home))
                flows.setdefault((flow.name, flow.version), flow)
    return Library(flows.values(), common, binding=binding, problems=problems)


def _misplaced(flow: Flow, folder: Path, home: Path) -> Iterable[Problem]:
    """Find what in a flow's file does not go with where it lies."""
    if flow.name != home.name:
        message = f"flow `{flow.name}` lies in the folder `{home.name}`; call both the same"
        yield Problem(flow.path, flow.lines.get("flow", 1), message)
    if folder != home and str(flow.version) != folder.name:
        message = f"version {flow.version} lies in versions/{folder.name}; call both the same"
        yield Problem(flow.path, flow.lines.get("version", 1), message)
