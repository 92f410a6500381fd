"""A mistake in a list is told in the coordinator's language, whichever it is."""

from __future__ import annotations

import ast
import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import gateway
from gateway.community_check import community_mistakes
from gateway.store.accounts import Role
from gateway.web.mistake_words import in_words, known_as
from gateway.web.words import catalogue
from gateway.webhooks.addresses import NOBODY
from gateway.webhooks.endpoints import url_problem
from tests.village import ASHBY
from tests.web.pages import in_a_folder
from tests.web.site import dashboard
from tests.web.test_settings import upload

SOURCES = ("csv_file", *(path.stem for path in Path(gateway.__path__[0]).glob("community_*.py")))
# What `in_words` takes off a mistake first, and what stands for a value in a message.
WHERE, STANDS_FOR = "wrong.csv, line 7: ", "7"


def messages() -> Iterator[tuple[str, str]]:
    """Give where every mistake of a CSV file is made, and an example of its words."""
    for name in SOURCES:
        module = importlib.import_module(f"gateway.{name}")
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            where = f"{name}:{node.lineno}"
            match ast.unparse(node.func):
                case "row.wrong" | "self.wrong" if len(node.args) == 2:
                    words = _example(node.args[1], module)
                    yield where, f"column {words}"
                case "ConfigError" if name == "csv_file" and isinstance(node.args[0], ast.JoinedStr):
                    words = _example(node.args[0], module)
                    if not words.startswith("7, line 7: 7 7"):  # put together from the others
                        yield where, words.removeprefix("7, line 7: ").removeprefix("7, line 1: ")


def _example(node: ast.expr, module: object) -> str:
    match node:
        case ast.Constant(value=str(words)):
            return words
        case ast.Name(id=name):
            return str(getattr(module, name))
        case ast.JoinedStr(values=parts):
            return "".join(str(p.value) if isinstance(p, ast.Constant) else STANDS_FOR for p in parts)
    raise AssertionError(f"write the words of a mistake as one text: {ast.unparse(node)}")


def test_every_mistake_of_a_list_has_its_words() -> None:
    found = list(messages())
    assert len(found) > 25
    unsaid = {f"{where}: {words}" for where, words in found if known_as(words.removeprefix("7: ")) is None}
    assert unsaid == set(), "Write them into gateway/web/texts/{en,es,ko}/mistakes.toml."


def test_every_words_are_known_again_as_themselves() -> None:
    for key, entry in catalogue("en").items():
        if key.startswith(("mistakes.said.", "mistakes.refused.")) and isinstance(entry, str):
            filled = {name: "7" for _, name, _, _ in Formatter().parse(entry) if name}
            filled |= {"column": "needs"} if "column" in filled else {}
            known = known_as(entry.format(**filled))
            assert known is not None, key
            assert known[0] == key
            assert known[1] == filled


@pytest.mark.parametrize(
    ("file", "content", "es", "ko"),
    [
        ("drivers.csv", "number,name\n12,Eve\n", "drivers.csv, línea 2: number no es un número", "2번째 줄"),
        ("drivers.csv", "nummer,name\n12,Eve\n", "falta la columna number", "number 열이 없습니다"),
        (
            "vehicles.csv",
            "key,label,seats,wheelchair_spaces,lift\nminibus,Bus,0,0,no\ncar,Car,3,1,yes\n",
            "no tiene sitio",
            "탈 자리",
        ),
        ("places.csv", "key,label\nA b,Hall\n", "minúsculas", "소문자"),
        ("closed_days.csv", "date,label\nsoon,Never\n", "2026-12-25", "날짜"),
        ("riders.csv", "number,name,home\n07700900123,Rose,moon\n", "moon no es una clave", "moon"),
    ],
)
def test_real_mistakes_are_said_in_spanish_and_korean(
    tmp_path: Path, file: str, content: str, es: str, ko: str
) -> None:
    folder = Path(shutil.copytree(ASHBY, tmp_path / "ashby"))
    (folder / file).write_text(content, encoding="utf-8")
    english = [
        one.replace(f"{folder}/", "").removeprefix(f"{folder}: ") for one in community_mistakes(folder)
    ]
    assert any(es in in_words("es", one) for one in english), english
    assert any(ko in in_words("ko", one) for one in english), english
    assert [in_words("en", one) for one in english] == english


def test_every_reason_why_another_system_is_not_let_in_has_its_words() -> None:
    found = [
        (f"{name}:{node.lineno}", _example(node.args[0], module))
        for name in ("webhooks.endpoints", "webhooks.sources", "api.tokens")
        for module in [importlib.import_module(f"gateway.{name}")]
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("EndpointRefused", "SourceRefused", "NoToken")
        and ast.unparse(node.args[0]) != "problem"
    ]
    assert len(found) > 12
    # What is put together from several texts, and what is told on the command line or as a flash.
    others = {"7. Choose of: 7.", "It is switched off, so nothing was sent. Switch it on and try again."}
    unsaid = {
        f"{where}: {words}"
        for where, words in found
        if known_as(words) is None and words not in others and "plainline tokens" not in words
    }
    assert unsaid == set(), "Write them into gateway/web/texts/{en,es,ko}/mistakes.toml."


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://[::", "no es una dirección"),
        ("ftp://cases.example.org", "que empiece por https://"),
        ("https://me:secret@cases.example.org", "la firma dice quiénes somos"),
        ("https://2130706433/", "cuatro números"),
        ("https://127.0.0.1/", "no está en la internet abierta"),
        ("http://cases.example.org/", "para que nadie lea"),
        ("http://8.8.8.8/", "sin cifrado"),
        ("https://[fe80::1%25eth0]/", "No se puede avisar ahí"),
    ],
)
def test_why_webhooks_cannot_go_to_an_address_is_said_in_spanish(url: str, words: str) -> None:
    assert words in in_words("es", url_problem(url, NOBODY))


async def test_the_form_of_an_endpoint_says_it_too(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        await client.post("/account/language", {"language": "ko"})
        form = {"name": "Cases", "url": "https://127.0.0.1/", "type": "help.done"}
        told = await client.post("/webhooks", form)
        assert "거기로는 보낼 수 없습니다." in told.text
        unnamed = await client.post("/webhooks/in/sources", {"name": "!", "scope": "requests:write"})
        assert "40자까지" in unnamed.text


def test_what_nobody_has_words_for_stays_as_it_is() -> None:
    for mistake in ("help.toml, line 3: something else {x}", "no place at all", "", "a: b: c"):
        assert "something" not in mistake or "something else {x}" in in_words("es", mistake)
        assert in_words("en", mistake) == mistake


async def test_the_page_tells_them_in_the_coordinators_language(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        client = await d.client(Role.COORDINATOR)
        await client.post("/account/language", {"language": "es"})
        told = await upload(client, "drivers.csv", "number,name\n12,Eve <b>\n")
        assert told.status == 422
        assert "drivers.csv, línea 2: number no es un número de teléfono" in told.text
