"""The page about the API is true: its examples do what it says, its tables leave nothing out."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.api.door import PREFIX
from gateway.api.scopes import SCOPES
from gateway.api.serving import REQUESTS_A_MINUTE
from gateway.api.table import OPERATIONS
from gateway.formats.export import DATASETS
from tests.api.asking import Answer, Asker

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(curl .*?)\n```\n\n```json\n(.*?)\n```", PAGE, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Curl:
    """What a line of curl asks for."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


def read_curl(line: str, person: str) -> Curl:
    """Read a line of curl as a shell would."""
    words = shlex.split(line.replace("'$PERSON'", person).replace("$PERSON", person).replace("\\\n", " "))
    method, path, headers, body = "GET", "", dict[str, str](), None
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = json.loads(next(rest))
        else:
            path = word
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    return Curl(method, path.removeprefix("$API"), headers, body)


async def ask(system: Asker, curl: Curl) -> Answer:
    """Ask what a line of curl asks."""
    return await system.ask(curl.method, curl.path, headers=curl.headers, json=curl.body)


def unlike(shown: Any, real: Any, where: str = "") -> list[str]:
    """Say where an answer is not as shown; … stands for anything, and more than is shown may be there."""
    if shown == "…":
        return []
    if isinstance(shown, dict) and isinstance(real, dict):
        missing = [f"{where}/{name} is not there" for name in shown if name not in real]
        return missing + [
            problem
            for name in shown
            if name in real
            for problem in unlike(shown[name], real[name], f"{where}/{name}")
        ]
    if isinstance(shown, list) and isinstance(real, list) and len(shown) == len(real):
        pairs = enumerate(zip(shown, real, strict=True))
        return [problem for place, (s, r) in pairs for problem in unlike(s, r, f"{where}/{place}")]
    return [] if shown == real else [f"{where} is {real!r}"]


async def test_every_example_does_what_the_page_says(system: Asker) -> None:
    await system.request_of()
    person = await system.person()
    assert len(EXAMPLES) >= 6
    for line, shown in EXAMPLES:
        answer = await ask(system, read_curl(line, person))
        assert unlike(json.loads(shown), answer.json) == [], line


def test_every_scope_is_on_the_page() -> None:
    assert re.findall(r"^\| `([a-z]+:[a-z]+)` \|", PAGE, re.MULTILINE) == list(SCOPES)


def test_every_operation_on_the_page_is_there_and_every_write_of_a_service_on_the_page() -> None:
    known = {f"{operation.method} {operation.path}" for operation in OPERATIONS}
    told = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^` ]+)`", PAGE))
    assert len(told) > 40
    assert told - known == set()
    others = {"person", "message", "conversation", "flow_results", "issue"}
    services = [one for one in OPERATIONS if one.writes and one.tag not in others]
    writes = {f"{one.method} {one.path}" for one in services if "/tds/" not in one.path}
    assert len(writes) > 25
    assert writes - told == set()


def test_every_dataset_is_on_the_page() -> None:
    [told] = re.findall(r"/exports/\{([a-z,]+)\}", PAGE)
    assert told.split(",") == list(DATASETS)


def test_every_code_of_an_error_but_those_of_one_body_is_on_the_page() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (Path(__file__).parents[2] / "gateway" / "api").glob("*.py")
    )
    codes = set(re.findall(r'Refused\(\s*(?:40[0-9]|41[0-9]|429|50[0-9]),\s*"([a-z_]+)"', source))
    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert codes - told == set()


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    assert f"{REQUESTS_A_MINUTE} requests a minute" in PAGE
    assert f"`{PREFIX}/openapi.json`" in PAGE
