"""The settings of the pages are checked before anything listens, with line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config_http import HttpConfig, read_http
from gateway.errors import ConfigError
from gateway.toml_file import TomlFile


def read(folder: Path, settings: str) -> HttpConfig:
    """Read a section [http]."""
    path = folder / "plainline.toml"
    path.write_text(f"[http]\n{settings}\n", encoding="utf-8")
    table = TomlFile(path).table("http")
    config = read_http(table, folder)
    table.close()
    return config


def test_unless_it_is_said_the_pages_are_for_this_machine_alone(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert (config.host, config.open_health, config.public_url) == ("127.0.0.1", False, "")


def test_names_and_addresses_are_kept_in_small_letters(tmp_path: Path) -> None:
    config = read(tmp_path, 'public_url = "https://Lines.Example.org/"\nallowed_hosts = ["Village.local"]')
    assert config.public_url == "https://lines.example.org"
    assert config.allowed_hosts == ("village.local",)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('public_url = "http://lines.example.org"', "must be https://"),
        ('public_url = "lines.example.org"', "must be https://"),
        ('public_url = "https://"', "must be https://"),
        ('public_url = "https://lines.example.org/dashboard"', "nothing after it"),
        ('public_url = "https://lines.example.org/?x=1"', "nothing after it"),
        ('tls_certificate = "nothing.pem"', "no such file"),
        ("open_health = 1", "true or false"),
        ("allowed_host = []", "Did you mean allowed_hosts"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(tmp_path: Path, settings: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as told:
        read(tmp_path, settings)
    assert "line 2" in str(told.value)


@pytest.mark.parametrize("given", ["tls_certificate", "tls_key"])
def test_a_certificate_and_its_key_go_together(tmp_path: Path, given: str) -> None:
    (tmp_path / "one.pem").touch()
    with pytest.raises(ConfigError, match="go together"):
        read(tmp_path, f'{given} = "one.pem"')
