"""The operator's pages say what is true."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from gateway import cli
from gateway.commands import exits
from modem.virtual.dialect import DIALECTS

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", *sorted(str(found.relative_to(ROOT)) for found in (ROOT / "docs").rglob("*.md")))


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page(name))
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_the_readme_shows_every_command() -> None:
    [chosen] = [action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert set(re.findall(r"^\| `plainline (\w+)", page("README.md"), re.MULTILINE)) == set(chosen.choices)


@pytest.mark.parametrize("name", ["README.md", "docs/running.md"])
def test_every_command_on_a_page_is_understood(name: str) -> None:
    written = re.sub(r"\$\(.*?\)", "x", page(name))
    typed = re.findall(r"(?m)^ +(?:.* )?\S*bin/plainline ([a-z].*)$", written)
    assert len(typed) >= 3
    for command in typed:
        cli.parser().parse_args(command.split())


def test_every_exit_status_is_told() -> None:
    told = {int(status) for status in re.findall(r"^\| (\d+) \|", page("docs/running.md"), re.MULTILINE)}
    assert told == {value for name, value in vars(exits).items() if name.isupper()}


def test_the_service_does_not_start_again_after_what_does_not_mend_itself() -> None:
    unit = page("docs/plainline.service")
    assert f"RestartPreventExitStatus={exits.USAGE} {exits.SETTINGS}\n" in unit


def test_the_hardware_page_names_every_dialect() -> None:
    told = re.findall(r"\| `(\w+)` \|$", page("docs/hardware.md"), re.MULTILINE)
    assert sorted(told) == sorted(DIALECTS)
