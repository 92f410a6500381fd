"""The settings: everything an operator can get wrong is named with file, line and remedy."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.config import Config, HttpConfig, Limits, load_config
from gateway.config_calls import CallsConfig
from gateway.config_results import ResultsConfig
from gateway.errors import ConfigError
from gateway.price import Price
from gateway.terms import Terms

DOCS = Path(__file__).parents[2] / "docs"

GOOD = """\
data = "data"

[[modem]]
name = "main"
device = "software"

[limits]
allowed_countries = ["GB"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "plainline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistake(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    return message.removeprefix(str(path))


def test_the_least_that_must_be_said_is_enough(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GOOD))
    assert config.data == tmp_path / "data"
    assert config.database == tmp_path / "data" / "plainline.db"
    assert config.modems[0].is_software
    assert config.limits == Limits(allowed_countries=("GB",), texts_per_day=500, texts_per_number_per_hour=20)
    assert (config.community, config.flows, config.cheap_characters) == (None, (), False)
    assert (config.http, config.log_level) == (HttpConfig("127.0.0.1", 8470), "info")


def test_everything_that_can_be_said_is_heard(tmp_path: Path) -> None:
    (tmp_path / "ashby").mkdir()
    (tmp_path / "own").mkdir()
    config = load_config(
        write(
            tmp_path,
            """\
            data = "/tmp"
            community = "ashby"
            flows = ["own"]
            cheap_characters = true
            log_level = "debug"
            [[modem]]
            name = "main"
            device = "/dev/ttyUSB0"
            pin = "0123"
            number = "+44 7700 900000"
            [[modem]]
            name = "second"
            device = "software"
            [limits]
            allowed_countries = ["GB", "IE"]
            texts_per_day = 100
            texts_per_number_per_hour = 5
            [http]
            port = 9000
            """,
        )
    )
    first, second = config.modems
    assert (first.device, first.pin, first.number) == ("/dev/ttyUSB0", "0123", "+447700900000")
    assert (second.is_software, second.pin, second.number) == (True, None, None)
    assert config.limits == Limits(("GB", "IE"), 100, 5)
    assert config.community == tmp_path / "ashby"
    assert config.flows == (tmp_path / "own",)
    assert (config.cheap_characters, config.log_level, config.http.port) == (True, "debug", 9000)


def test_a_pin_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GOOD.replace('"software"', '"software"\npin = "9876"')))
    assert "9876" not in repr(config)


def with_line(line: str, after: str) -> str:
    assert after in GOOD
    return GOOD.replace(after, f"{after}\n{line}")


DATA, NAME, DEVICE = 'data = "data"', 'name = "main"', 'device = "software"'
COUNTRIES = 'allowed_countries = ["GB"]'

MISTAKES = {
    "a sound of no known kind": (with_line('audio = "speaker:USB"', DEVICE), 6, "must be a kind and a place"),
    "a sound without a place": (with_line('audio = "card:"', DEVICE), 6, "must be a kind and a place"),
    "a setting of calls misspelt": (GOOD + "\n[calls]\nring_bakc = true", 11, "Did you mean ring_back?"),
    "no rings before answering": (GOOD + "\n[calls]\nanswer_after_rings = 0", 11, "answer_after_rings"),
    "minutes in words": (GOOD + '\n[calls]\nminutes_per_day = "ten"', 11, "minutes_per_day"),
    "closed neither true nor false": (GOOD + '\n[calls]\nclosed = "yes"', 11, "closed"),
    "an unknown setting": (with_line("colour = 1", DATA), 2, "colour is not a setting"),
    "a setting misspelt": (with_line("log_levle = 'info'", DATA), 2, "Did you mean log_level?"),
    "a section misspelt": (GOOD.replace("[limits]", "[limit]") + "[limits]\n" + COUNTRIES, 7, "mean limits?"),
    "a modem's setting misspelt": (
        with_line("pim = '1234'", DEVICE),
        6,
        "[modem] pim is not a setting. Did you",
    ),
    "a limit misspelt": (with_line("texts_a_day = 5", COUNTRIES), 9, "Did you mean texts_per_day?"),
    "no data": (GOOD.replace(DATA, ""), 1, 'data is missing. Write for example: data = "'),
    "data that is a number": (GOOD.replace(DATA, "data = 1"), 1, "must be a text in quotes"),
    "data that is empty": (GOOD.replace(DATA, "data = ''"), 1, "must be a text in quotes"),
    "data that is a file": (GOOD.replace(DATA, "data = 'plainline.toml'"), 1, "Name a folder"),
    "a community that is not there": (with_line("community = 'nowhere'", DATA), 2, "there is no such folder"),
    "flows that are not there": (with_line("flows = ['nowhere']", DATA), 2, "there is no such folder"),
    "flows that are no list": (with_line("flows = 'nowhere'", DATA), 2, "must be a list of texts"),
    "a flag that is a word": (with_line("cheap_characters = 'yes'", DATA), 2, "must be true or false"),
    "a log level nobody knows": (with_line("log_level = 'loud'", DATA), 2, "must be one of debug, info"),
    "no modem": (DATA + "\n[limits]\n" + COUNTRIES, 1, "Write [[modem]]"),
    "a modem in single brackets": (GOOD.replace("[[modem]]", "[modem]"), 3, "Write [[modem]]"),
    "limits in double brackets": (GOOD.replace("[limits]", "[[limits]]"), 7, "Write [limits]"),
    "limits that are a number": ("limits = 3\n" + GOOD.split("[limits]")[0], 1, "Write [limits]"),
    "a modem without a name": (GOOD.replace(NAME, ""), 3, "[modem] name is missing"),
    "a modem with a fancy name": (GOOD.replace(NAME, 'name = "Mäin 1"'), 4, "small letters"),
    "a modem without a device": (GOOD.replace(DEVICE, ""), 3, "[modem] device is missing"),
    "a device that is none": (GOOD.replace(DEVICE, "device = 'COM3'"), 5, "ls /dev/serial/by-id"),
    "a name twice": (
        with_line("[[modem]]\nname = 'main'\ndevice = '/dev/ttyUSB0'", DEVICE),
        7,
        "a name of its own",
    ),
    "a device twice": (
        with_line("[[modem]]\nname = 'b'\ndevice = 'software'", DEVICE),
        8,
        "is used twice",
    ),
    "a PIN without quotes": (with_line("pin = 1234", DEVICE), 6, "must be a text in quotes"),
    "a PIN with letters": (with_line("pin = '12a4'", DEVICE), 6, "4 to 8 digits"),
    "a number without country": (with_line("number = '07700 900000'", DEVICE), 6, "country code"),
    "a number that cannot be": (with_line("number = '+4477'", DEVICE), 6, "country code"),
    "no limits": (GOOD.split("[limits]")[0], 1, "allowed_countries is missing"),
    "no countries": (GOOD.replace(COUNTRIES, ""), 7, "allowed_countries is missing"),
    "an empty list of countries": (GOOD.replace('["GB"]', "[]"), 8, "nobody could be answered"),
    "a country by name": (GOOD.replace('"GB"', '"England"'), 8, '"England" is no country code'),
    "a limit of nothing": (with_line("texts_per_day = 0", COUNTRIES), 9, "a whole number from 1 to 100000"),
    "a limit in words": (with_line("texts_per_day = 'many'", COUNTRIES), 9, "a whole number"),
    "a limit that is true": (with_line("texts_per_day = true", COUNTRIES), 9, "a whole number"),
    "a limit with a fraction": (with_line("texts_per_number_per_hour = 1.5", COUNTRIES), 9, "a whole number"),
    "a port that cannot be": (GOOD + "[http]\nport = 70000", 10, "[http] port must be a whole number"),
    "no TOML": (with_line("this is no setting", DATA), 2, "this is not TOML"),
    "a quote left open": (with_line('log_level = "info', DATA), 2, "this is not TOML"),
    "a list left open": (GOOD + "\ntexts_per_day = [", 10, "this is not TOML"),
    "a setting twice": (with_line(DATA, DATA), 2, "this is not TOML"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_remedy(name: str, tmp_path: Path) -> None:
    text, line, words = MISTAKES[name]
    message = mistake(tmp_path, text)
    assert message.startswith(f", line {line}: ")
    assert words in message


def test_a_wrong_pin_is_not_repeated(tmp_path: Path) -> None:
    assert "98x65" not in mistake(tmp_path, with_line("pin = '98x65'", DEVICE))


def test_a_file_that_is_not_there_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"docs/plainline\.example\.toml"):
        load_config(tmp_path / "none.toml")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "plainline.toml"
    path.write_bytes(b'data = "data"\ncommunity = "Saint-\xc9tienne"\n')
    with pytest.raises(ConfigError, match="line 2: the file is not UTF-8"):
        load_config(path)


def test_a_file_as_windows_saves_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plainline.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_config(path).modems


def example(folder: Path) -> str:
    text = (DOCS / "plainline.example.toml").read_text(encoding="utf-8")
    (folder / "community").mkdir(exist_ok=True)
    return text.replace("/var/lib/plainline", str(folder))


def test_the_example_is_true_as_it_stands(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, example(tmp_path)))
    assert config.modems[0].name == "main"


def test_the_example_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    on = re.sub(r"(?m)^# (?=[a-z_]+ = |\[(?:http|calls|webhooks|results)\])", "", example(tmp_path))
    (tmp_path / "flows").mkdir()
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).touch()
    (tmp_path / "results.token").write_text("a-token\n")
    whole = load_config(write(tmp_path, on))
    plain = load_config(write(tmp_path, example(tmp_path)))
    shown = {"flows", "modems"}
    assert whole.calls.recordings_key == Path("/etc/plainline/recordings.key")
    assert whole.calls.models_from
    assert whole.calls.voices == {"en": tmp_path / "voices" / "en_GB-alba-medium.onnx"}
    assert replace(whole.calls, recordings_key=None, models_from=None, voices={}) == plain.calls
    shown.add("calls")
    assert whole.http == HttpConfig(
        public_url="https://plainline.example.org",
        allowed_hosts=("plainline.local",),
        tls_certificate=tmp_path / "certificate.pem",
        tls_key=tmp_path / "key.pem",
    )
    assert whole.webhooks != plain.webhooks
    assert whole.results == ResultsConfig("https://results.example.org/api/v1", "a-token")
    assert whole.limits == replace(plain.limits, text_price=Price(Decimal("0.05"), "GBP"))
    shown |= {"http", "webhooks", "results", "limits"}
    assert [name for name in Config.__slots__ if getattr(whole, name) != getattr(plain, name)] == sorted(
        shown, key=list(Config.__slots__).index
    )
    assert whole.modems[0].pin
    assert whole.modems[0].number
    for section, names in {
        "limits": Limits.__slots__,
        "http": HttpConfig.__slots__,
        "calls": CallsConfig.__slots__,
        "retention": Terms.__slots__,
        "modem": ("audio",),
    }.items():
        assert all(f"\n{name} = " in on for name in names), section


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ('push_to = "results.example.org"', "must be the address of a Flow Results server"),
        ('push_to = "https://results.example.org"', "push_token_file is missing"),
        (
            'push_to = "https://results.example.org"\npush_token_file = "nowhere"',
            "where no token can be read",
        ),
    ],
)
def test_a_results_server_without_address_or_token_is_refused(
    tmp_path: Path, written: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load_config(write(tmp_path, f"{GOOD}\n[results]\n{written}\n"))
