"""What a form carried, checked field by field."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from email.parser import BytesParser

from aiohttp import web
from multidict import MultiDictProxy

from flows.value import Json
from gateway.errors import GatewayError

LONGEST_FIELD = 4000
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


class FormMistake(GatewayError):
    """Something typed cannot be used; `key` are the words that say why, `field` is where."""

    def __init__(self, field: str, key: str, **values: Json) -> None:
        super().__init__(f"the field {field} of a form was refused: {key}")
        self.field = field
        self.key = key
        self.values = values


def _is_seen(letter: str) -> bool:
    """Whether a letter may stay: what steers a terminal or turns a line around may not."""
    if letter in "\n\t":
        return True
    return unicodedata.category(letter) != "Cc" and unicodedata.bidirectional(letter) not in _TURNING


def _is_whole(value: str) -> bool:
    """Whether text has no half of a letter, which a form in UTF-7 may hold and no file can keep."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


class Form:
    """The fields of a form. A field nobody asks for has no effect."""

    def __init__(self, fields: MultiDictProxy[str | bytes | bytearray | web.FileField]) -> None:
        self._fields = fields

    def text(self, name: str, *, most: int = 200, empty: bool = False, lines: bool = False) -> str:
        """Give a line of text of at most so many characters; with `lines` it may have several."""
        value = "".join(letter for letter in self._one(name).replace("\r\n", "\n") if _is_seen(letter))
        value = value.strip() if lines else " ".join(value.split())
        if not value and not empty:
            raise FormMistake(name, "common.field_empty")
        if len(value) > most:
            raise FormMistake(name, "common.field_long", most=most)
        return value

    def secret(self, name: str, *, most: int = 200) -> str:
        """Give a password as it was typed, '' where none was."""
        value = self._one(name)
        if len(value) > most:
            raise FormMistake(name, "common.field_long", most=most)
        return value

    def whole(self, name: str, *, least: int = 0, most: int = 2**31) -> int:
        """Give a whole number."""
        value = self._one(name).strip()
        if not value.isascii() or not value.isdigit() or not least <= int(value[:12]) <= most:
            raise FormMistake(name, "common.field_number", least=least, most=most)
        return int(value)

    def choice(self, name: str, options: Sequence[str]) -> str:
        """Give one of `options`."""
        value = self._one(name)
        if value not in options:
            raise FormMistake(name, "common.field_choice")
        return value

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self._fields

    def all(self, name: str) -> list[str]:
        """Give every value of a field that may be there more than once."""
        return [
            value for value in self._fields.getall(name, []) if isinstance(value, str) and _is_whole(value)
        ][:1000]

    def _one(self, name: str) -> str:
        value = self._fields.get(name, "")
        if not isinstance(value, str) or not _is_whole(value):
            raise FormMistake(name, "common.field_choice")
        return value


async def fields(request: web.Request) -> Form:
    """Read the form that came with a request."""
    try:
        return Form(await request.post())
    except (LookupError, ValueError) as unreadable:  # an encoding nobody knows, parts without a boundary
        raise web.HTTPBadRequest from unreadable


async def upload(request: web.Request) -> tuple[dict[str, str], bytes]:
    """Read a form that came with one file: its other fields, and what the file holds (b"" for none).

    The body is in memory already, and bounded, when a handler runs.
    """
    kind = f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n"
    message = BytesParser().parsebytes(kind.encode("ascii", "replace") + await request.read())
    values, content = {}, b""
    for part in message.walk():
        name, held = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(held, bytes):
            continue
        if part.get_filename() is not None:
            content = held
        elif isinstance(name, str):
            values[name] = held.decode("utf-8", "replace")
    return values, content
