"""The settings of the pages: where they are, and how a browser's line to them is kept private."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gateway.toml_file import TomlTable


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """Where the pages are.

    `host` is the address to listen on: 127.0.0.1 is this machine alone. `public_url` is the address
    people type when a reverse proxy on this machine does the encryption; with `tls_certificate` and
    `tls_key` the gateway does it itself. `allowed_hosts` are further names it answers to;
    `open_health` shows /healthz and /metrics to other machines, too.
    """

    host: str = "127.0.0.1"
    port: int = 8470
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    open_health: bool = False


def read_http(table: TomlTable, folder: Path) -> HttpConfig:
    """Read the section [http]; relative paths count from `folder`."""
    usual = HttpConfig()
    certificate, key = (_file(table, folder, name) for name in ("tls_certificate", "tls_key"))
    if (certificate is None) != (key is None):
        missing = "tls_key" if key is None else "tls_certificate"
        raise table.wrong(missing, "is missing: tls_certificate and tls_key go together.")
    return HttpConfig(
        host=table.optional_text("host", example='"127.0.0.1"') or usual.host,
        port=table.whole("port", usual.port, least=1, most=65535),
        public_url=_public_url(table),
        allowed_hosts=tuple(
            name.casefold() for name in table.texts("allowed_hosts", example='["plainline.local"]')
        ),
        tls_certificate=certificate,
        tls_key=key,
        open_health=table.flag("open_health", default=False),
    )


def _public_url(table: TomlTable) -> str:
    example = '"https://plainline.example.org"'
    url = table.optional_text("public_url", example=example)
    if url is None:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise table.wrong(
            "public_url", f"must be https:// and a name, and nothing after it. Write for example: {example}"
        )
    return f"https://{parts.netloc.casefold()}"


def _file(table: TomlTable, folder: Path, key: str) -> Path | None:
    name = table.optional_text(key, example=f'"{key}.pem"')
    if name is None:
        return None
    path = (folder / Path(name).expanduser()).resolve()
    if not path.is_file():
        raise table.wrong(key, f"names {path}, and there is no such file. Make it, or correct the name.")
    return path
