"""JSON Schema (2020-12) from the types of dataclasses: the one description of what is asked and answered."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from gateway.api.kinds import Described, OneOf, Whole, Words

Schema = dict[str, Any]

DATE = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MOMENT = (
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    "(\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
_SIMPLE: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    date: {"type": "string", "format": "date", "pattern": DATE},
    datetime: {"type": "string", "format": "date-time", "pattern": MOMENT},
}


@cache
def hints(shape: Hashable) -> Mapping[str, Any]:
    """Give the fields of a dataclass with their types, markers and all."""
    return typing.get_type_hints(shape, include_extras=True)


def wire_name(field: dataclasses.Field[Any]) -> str:
    """Give the name a field goes by in JSON or in a query, where Python could not spell it."""
    return str(field.metadata.get("name", field.name))


def is_required(field: dataclasses.Field[Any]) -> bool:
    """Whether a field has to be given."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def schema_of(kind: Any, named: dict[str, Schema]) -> Schema:
    """Give the schema of a type; the dataclasses in it go into `named`, by name, and are referred to."""
    origin = get_origin(kind)
    if origin is Annotated:
        base, *markers = get_args(kind)
        return _marked(schema_of(base, named), markers)
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)  # noqa: S101 - a class, never an instance
        return _reference(kind, named)
    if origin is Literal:
        return {"type": "string", "enum": list(get_args(kind))}
    if origin in (Union, types.UnionType):
        return _either([schema_of(part, named) for part in get_args(kind)])
    if origin in (list, tuple, Sequence):
        return {"type": "array", "items": schema_of(get_args(kind)[0], named)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(get_args(kind)[1], named)}
    if kind is Any:
        return {}
    return dict(_SIMPLE[kind])


def _reference(shape: type, named: dict[str, Schema]) -> Schema:
    if shape.__name__ not in named:
        named[shape.__name__] = {}  # first, in case it holds itself
        named[shape.__name__] = _object(shape, named)
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _object(shape: type, named: dict[str, Schema]) -> Schema:
    kinds = hints(shape)
    fields = dataclasses.fields(shape)
    found: Schema = {
        "type": "object",
        "description": (shape.__doc__ or "").strip().split("\n\n")[0],
        "properties": {wire_name(field): schema_of(kinds[field.name], named) for field in fields},
        "additionalProperties": False,
    }
    required = [wire_name(field) for field in fields if is_required(field)]
    return found | ({"required": required} if required else {})


def _either(schemas: list[Schema]) -> Schema:
    """Join the schemas of a union; a simple one that may be null keeps its one line."""
    others = [schema for schema in schemas if schema != {"type": "null"}]
    if len(others) == 1 and len(schemas) == 2 and isinstance(others[0].get("type"), str):
        one = {**others[0], "type": [others[0]["type"], "null"]}
        if "enum" in one:
            one["enum"] = [*one["enum"], None]
        return one
    return {"anyOf": schemas}


def _marked(schema: Schema, markers: Sequence[Any]) -> Schema:
    found = dict(schema)
    for marker in markers:
        if isinstance(marker, Words):
            found |= {"maxLength": marker.most, "minLength": marker.least, "pattern": marker.pattern}
            found |= {"format": marker.format} if marker.format else {}
            found |= {"examples": [marker.example]} if marker.example else {}
        elif isinstance(marker, Whole):
            found |= {"minimum": marker.least, "maximum": marker.most}
        elif isinstance(marker, OneOf):
            found["enum"] = list(marker.values)
        elif isinstance(marker, Described):
            found["description"] = marker.words
    return found
