"""Reading what another system sent into dataclasses, by the types the document is made from."""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin

from gateway.api.kinds import OneOf, Whole, Words
from gateway.api.schema import DATE, MOMENT, hints, is_required, wire_name

S = TypeVar("S")

MOST_DIGITS = 18


class Malformed(Exception):
    """What was sent is no JSON text that two programs would read alike; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong: `pointer` says where (RFC 6901), `detail` what. Neither repeats what was sent."""

    pointer: str
    detail: str


class Wrong(Exception):
    """What was sent is not what is asked for."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("not what is asked for")
        self.mistakes = tuple(mistakes)


def read_json(raw: bytes) -> Any:
    """Read a JSON text strictly (I-JSON, RFC 7493); raises Malformed."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant, parse_int=_whole
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no character
    except UnicodeError as error:
        raise Malformed("The body is not UTF-8, or holds half a character. Send UTF-8.") from error
    except RecursionError as error:
        raise Malformed("The body is nested too deeply. Send what the document describes.") from error
    except ValueError as error:
        raise Malformed("The body is not JSON as RFC 8259 has it. Check it with a JSON tool.") from error
    return value


def read_shape(shape: type[S], value: Any) -> S:
    """Read a JSON value into a dataclass; raises Wrong with everything that is wrong in it."""
    mistakes: list[Mistake] = []
    found = _read(shape, value, "", mistakes)
    if mistakes:
        raise Wrong(mistakes)
    assert isinstance(found, shape)  # noqa: S101 - nothing was wrong with it
    return found


def read_query(shape: type[S], pairs: Sequence[tuple[str, str]]) -> S:
    """Read a query or the parts of a path into a dataclass; raises Wrong."""
    kind: Any = shape
    kinds = hints(kind)
    wanted = {wire_name(field): kinds[field.name] for field in dataclasses.fields(kind)}
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name in values:
            raise Wrong([Mistake(_pointer("", name), "is given twice; give it once")])
        values[name] = _number_of(text) if name in wanted and _is_whole(wanted[name]) else text
    return read_shape(shape, values)


def _read(kind: Any, value: Any, where: str, mistakes: list[Mistake]) -> Any:
    """Read one value, noting what is wrong; what is given back then is of no use."""
    origin = get_origin(kind)
    if origin is Annotated:
        base, *markers = get_args(kind)
        return _read_marked(base, markers, value, where, mistakes)
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)  # noqa: S101 - a class, never an instance
        return _read_object(kind, value, where, mistakes)
    if origin is Literal:
        allowed = get_args(kind)
        if not isinstance(value, str) or value not in allowed:
            mistakes.append(Mistake(where, f"must be one of: {', '.join(allowed)}"))
        return value
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        return _read(next(k for k in get_args(kind) if k is not type(None)), value, where, mistakes)
    if origin is dict:
        if not isinstance(value, dict):
            mistakes.append(Mistake(where, "must be an object"))
        return value
    if origin is list:
        return _read_list(get_args(kind)[0], value, where, mistakes)
    return _read_simple(kind, value, where, mistakes)


def _read_object(shape: type, value: Any, where: str, mistakes: list[Mistake]) -> Any:
    if not isinstance(value, dict):
        mistakes.append(Mistake(where, "must be an object"))
        return None
    kinds = hints(shape)
    fields = {wire_name(field): field for field in dataclasses.fields(shape)}
    if any(name not in fields for name in value):
        mistakes.append(Mistake(where, "holds a name the document does not know"))
    given = {}
    for name, field in fields.items():
        if name in value:
            given[field.name] = _read(kinds[field.name], value[name], _pointer(where, name), mistakes)
        elif is_required(field):
            mistakes.append(Mistake(_pointer(where, name), "is missing"))
    return None if mistakes else shape(**given)


def _read_list(kind: Any, value: Any, where: str, mistakes: list[Mistake]) -> Any:
    if not isinstance(value, list):
        mistakes.append(Mistake(where, "must be an array"))
        return None
    return [_read(kind, item, f"{where}/{place}", mistakes) for place, item in enumerate(value)]


def _read_marked(kind: Any, markers: Sequence[Any], value: Any, where: str, mistakes: list[Mistake]) -> Any:
    before = len(mistakes)
    found = _read(kind, value, where, mistakes)
    if len(mistakes) > before or found is None:
        return found
    for marker in markers:
        problem = ""
        if isinstance(marker, Words):
            problem = _wrong_words(marker, found)
        elif isinstance(marker, Whole) and not marker.least <= found <= marker.most:
            problem = f"must be from {marker.least} to {marker.most}"
        elif isinstance(marker, OneOf) and found not in marker.values:
            problem = f"must be one of: {', '.join(marker.values)}"
        if problem:
            mistakes.append(Mistake(where, problem))
            break
    return found


def _wrong_words(marker: Words, words: str) -> str:
    if len(words) > marker.most:
        return f"must be {marker.most} characters at most"
    if len(words) < marker.least:
        return f"must be {marker.least} characters at least"
    if not re.fullmatch(marker.pattern, words):
        return "has characters that cannot be here; see its pattern in the document"
    return ""


def _read_simple(kind: Any, value: Any, where: str, mistakes: list[Mistake]) -> Any:
    if kind is int:
        if isinstance(value, float) and value.is_integer() and abs(value) < 10**MOST_DIGITS:
            return int(value)  # 3.0 is a whole number in JSON
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        mistakes.append(Mistake(where, "must be a whole number"))
    elif kind is bool:
        if not isinstance(value, bool):
            mistakes.append(Mistake(where, "must be true or false"))
    elif kind is str:
        if not isinstance(value, str):
            mistakes.append(Mistake(where, "must be a string"))
    elif kind is date:
        return _read_date(value, where, mistakes)
    elif kind is datetime:
        return _read_moment(value, where, mistakes)
    else:
        raise TypeError(f"nobody taught this reader to read {kind}")
    return value


def _read_date(value: Any, where: str, mistakes: list[Mistake]) -> date | None:
    if isinstance(value, str) and re.fullmatch(DATE, value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    mistakes.append(Mistake(where, "must be a date like 2026-03-02"))
    return None


def _read_moment(value: Any, where: str, mistakes: list[Mistake]) -> datetime | None:
    if isinstance(value, str) and re.fullmatch(MOMENT, value):
        try:
            moment = datetime.fromisoformat(value.upper())
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    mistakes.append(Mistake(where, "must be a moment like 2026-03-02T09:30:00Z (RFC 3339)"))
    return None


def _is_whole(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _is_whole(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return any(_is_whole(part) for part in get_args(kind))
    return kind is int


def _number_of(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) else text


def _pointer(where: str, name: str) -> str:
    return f"{where}/{name.replace('~', '~0').replace('/', '~1')}"


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _whole(digits: str) -> int:
    # Larger ones cost time to read and mean nothing here.
    if len(digits) > MOST_DIGITS + 1:
        raise ValueError("a number has too many digits")
    return int(digits)


def to_json(value: Any) -> Any:
    """Give an answer's dataclass as JSON values: moments in UTC with Z, dates as they are."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {wire_name(field): to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value
