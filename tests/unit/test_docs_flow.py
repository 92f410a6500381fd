"""The example in docs/writing-a-flow.md is a flow: checked, drawn and played as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.answers import TYPES
from flows.draw import draw
from flows.library import BUILT_IN, load_library
from gateway.flow_check import check_flows
from gateway.services import BINDING
from tests.transcripts.test_transcripts import play, read
from tests.village import MONDAY, ashby

PAGE = (Path(__file__).parents[2] / "docs" / "writing-a-flow.md").read_text("utf-8")
FILES = dict(re.findall(r"^`(bins/[^`\n]+)`\n\n```\w*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "flows" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path / "flows"


def test_the_page_shows_a_whole_flow() -> None:
    assert {name.split("/")[1] for name in FILES} == {"flow.yaml", "texts", "transcripts"}


def test_the_example_has_no_mistake(folder: Path) -> None:
    library, problems = check_flows([folder])
    assert problems == []
    assert "s_bin --> s_what: missed" in draw(library.flow("bins"))


async def test_the_example_goes_as_its_transcript_says(folder: Path, tmp_path: Path) -> None:
    library = load_library((BUILT_IN, folder), BINDING)
    transcript = folder / "bins" / "transcripts" / "missed.txt"
    async with ashby(tmp_path, now=MONDAY, library=library) as village:
        await play(village, transcript, read(transcript))


def test_the_page_names_every_answer_type() -> None:
    told = re.findall(r"^\| `(\w+)` \|", PAGE.split("### Questions")[1].split("###")[0], re.MULTILINE)
    assert sorted(told) == sorted(TYPES)
