"""The settings of one gateway: one TOML file, read once, checked whole, never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config_calls import Audio, CallsConfig, read_audio, read_calls
from gateway.config_http import HttpConfig as HttpConfig
from gateway.config_http import read_http
from gateway.config_results import ResultsConfig, read_results
from gateway.config_webhooks import read_webhooks
from gateway.errors import ConfigError
from gateway.price import Price, read_price
from gateway.terms import Terms, read_terms
from gateway.toml_file import TomlFile, TomlTable
from gateway.webhooks.addresses import Allowed

SOFTWARE = "software"
LOG_LEVELS = ("debug", "info", "warning", "error")
NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True)
class ModemConfig:
    """One modem: `device` is a path below /dev or `software`, `number` its own number (E.164)."""

    name: str
    device: str
    pin: str | None = field(default=None, repr=False)
    number: str | None = None
    audio: Audio | None = None

    @property
    def is_software(self) -> bool:
        """Whether it is the modem made of software."""
        return self.device == SOFTWARE


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent; `allowed_countries` are ISO 3166 codes, the home country first.

    `text_price` is what one part of a text costs, None where nobody has said.
    """

    allowed_countries: tuple[str, ...]
    texts_per_day: int = 500
    texts_per_number_per_hour: int = 20
    text_price: Price | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an operator decides; relative paths in the file count from the file's folder."""

    path: Path
    data: Path
    modems: tuple[ModemConfig, ...]
    limits: Limits
    community: Path | None = None
    flows: tuple[Path, ...] = ()
    cheap_characters: bool = False
    http: HttpConfig = field(default_factory=HttpConfig)
    webhooks: Allowed = field(default_factory=Allowed)
    results: ResultsConfig = field(default_factory=ResultsConfig)
    calls: CallsConfig = field(default_factory=CallsConfig)
    retention: Terms = field(default_factory=Terms)
    log_level: str = "info"

    @property
    def database(self) -> Path:
        """The file the database lies in."""
        return self.data / "plainline.db"

    @property
    def recordings(self) -> Path:
        """The folder the recordings lie in, encrypted."""
        return self.data / "recordings"

    @property
    def recordings_key(self) -> Path:
        """The file with the key of the recordings."""
        return self.calls.recordings_key or self.data / "recordings.key"

    @property
    def models(self) -> Path:
        """The folder the speech models lie in."""
        return self.data / "models"

    @property
    def network_socket(self) -> Path:
        """Where the network made of software is spoken to."""
        return self.data / "simulator"


def load_config(path: Path) -> Config:
    """Read and check the settings. Raises ConfigError, with file, line and remedy, for the first mistake."""
    file = TomlFile(path, missing="Copy docs/plainline.example.toml there, or name yours with --config FILE.")
    modem_tables, limit_table, http_table = file.tables("modem"), file.table("limits"), file.table("http")
    call_table, webhook_table = file.table("calls"), file.table("webhooks")
    retention_table = file.table("retention")
    result_table = file.table("results")
    top = file.top()
    config = Config(
        path=path,
        data=_data(top),
        modems=_modems(path, modem_tables),
        limits=_limits(limit_table),
        community=_community(top),
        flows=_flows(top),
        cheap_characters=top.flag("cheap_characters", default=False),
        http=read_http(http_table, path.absolute().parent),
        webhooks=read_webhooks(webhook_table),
        results=read_results(result_table, path.absolute().parent),
        calls=read_calls(call_table, path.absolute().parent),
        retention=read_terms(retention_table),
        log_level=top.one_of("log_level", LOG_LEVELS, default="info"),
    )
    for table in (
        top,
        *modem_tables,
        limit_table,
        call_table,
        retention_table,
        http_table,
        webhook_table,
        result_table,
    ):
        table.close()
    return config


def _data(top: TomlTable) -> Path:
    data = _path(top, top.text("data", example='"/var/lib/plainline"'))
    if data.exists() and not data.is_dir():
        raise top.wrong("data", f"must be a folder, and {data} is not one. Name a folder to keep data in.")
    return data


def _community(top: TomlTable) -> Path | None:
    name = top.optional_text("community", example='"community"')
    return None if name is None else _folder(top, "community", name)


def _flows(top: TomlTable) -> tuple[Path, ...]:
    return tuple(_folder(top, "flows", name) for name in top.texts("flows", example='["flows"]'))


def _modems(path: Path, tables: list[TomlTable]) -> tuple[ModemConfig, ...]:
    if not tables:
        raise ConfigError(
            f"{path}, line 1: no modem is named. Write [[modem]] on a line of its own, and below it "
            'name = "main" and device = "/dev/serial/by-id/…" (or device = "software" to try things out).'
        )
    modems: list[ModemConfig] = []
    for table in tables:
        modem = _modem(table)
        for other in modems:
            if modem.name == other.name:
                raise table.wrong("name", f'"{modem.name}" names two modems. Give each a name of its own.')
            if modem.device == other.device:
                raise table.wrong(
                    "device", f"{modem.device} is used twice. Remove one of the two [[modem]] sections."
                )
        modems.append(modem)
    return tuple(modems)


def _modem(table: TomlTable) -> ModemConfig:
    name = table.text("name", example='"main"')
    if not NAME.fullmatch(name):
        raise table.wrong(
            "name",
            'must be up to 20 small letters, digits and -, a letter first. Write for example: name = "main"',
        )
    return ModemConfig(
        name=name, device=_device(table), pin=_pin(table), number=_number(table), audio=read_audio(table)
    )


def _device(table: TomlTable) -> str:
    device = table.text("device", example='"/dev/serial/by-id/…"')
    if device != SOFTWARE and not device.startswith("/dev/"):
        raise table.wrong(
            "device",
            'must be a path below /dev, or "software". See what is there with: ls /dev/serial/by-id',
        )
    return device


def _pin(table: TomlTable) -> str | None:
    pin = table.optional_text("pin", example='"1234"')
    if pin is not None and not re.fullmatch(r"[0-9]{4,8}", pin):
        # The PIN itself is not repeated: the message may end in a log.
        raise table.wrong("pin", 'must be 4 to 8 digits in quotes. Write for example: pin = "1234"')
    return pin


def _number(table: TomlTable) -> str | None:
    import phonenumbers

    number = table.optional_text("number", example='"+447700900000"')
    if number is None:
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise table.wrong(
            "number",
            "must be the SIM's own number with + and country code. Write for example: "
            'number = "+447700900000"',
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _limits(table: TomlTable) -> Limits:
    import phonenumbers

    example = '["GB"]'
    if not table.has("allowed_countries"):
        raise table.wrong(
            "allowed_countries",
            f"is missing: it keeps texts from going to countries that cost a lot. Write: [limits], and below "
            f"it allowed_countries = {example}",
        )
    countries = table.texts("allowed_countries", example=example)
    for country in countries:
        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise table.wrong(
                "allowed_countries",
                f'"{country}" is no country code. They have two capital letters: {example}',
            )
    if not countries:
        raise table.wrong(
            "allowed_countries", f"is empty, so nobody could be answered. Write for example: {example}"
        )
    return Limits(
        allowed_countries=countries,
        texts_per_day=table.whole("texts_per_day", 500, least=1, most=100_000),
        texts_per_number_per_hour=table.whole("texts_per_number_per_hour", 20, least=1, most=1000),
        text_price=_text_price(table),
    )


def _text_price(table: TomlTable) -> Price | None:
    example = '"0.05 GBP"'
    written = table.optional_text("text_price", example=example)
    price = read_price(written) if written is not None else None
    if written is not None and price is None:
        raise table.wrong(
            "text_price", f"must be what one text costs and its currency. Write for example: {example}"
        )
    return price


def _folder(top: TomlTable, key: str, name: str) -> Path:
    folder = _path(top, name)
    if not folder.is_dir():
        raise top.wrong(key, f"names {folder}, and there is no such folder. Make it, or correct the name.")
    return folder


def _path(top: TomlTable, name: str) -> Path:
    return (top.path.absolute().parent / Path(name).expanduser()).resolve()
