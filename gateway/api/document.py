"""The OpenAPI 3.1 document, made from the table of operations."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from gateway.api.operations import Operation
from gateway.api.problems import PROBLEM_JSON, Problem
from gateway.api.schema import Schema, hints, is_required, schema_of, wire_name
from gateway.api.scopes import SCOPES
from gateway.version import VERSION

ABOUT = (
    "What other systems may read and do in a Plainline gateway. People go by pseudonyms. Every error is a "
    "problem (RFC 9457), but for those of Open311, which has its own. Lists come in pages: ask again with "
    "`cursor` set to the `next` of the page before. A write with an `Idempotency-Key` is done once within "
    "a day, however often it is sent."
)
# What may happen to every operation, whatever it does.
EVERYWHERE = (400, 429, 500, 503)
WITH_TOKEN = (401, 403)
WITH_BODY = (408, 413, 415, 422)
WITH_KEY = (409, 422)
_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes sure that this is done once, however often it is sent within 24 hours.",
    "schema": {"type": "string", "maxLength": 255},
}


def openapi(operations: Sequence[Operation], prefix: str) -> dict[str, Any]:
    """Describe the operations."""
    named: dict[str, Schema] = {}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = re.sub(r":[^{}/]*}", "}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Plainline",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": prefix}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in operations)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(named.items())),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `plainline tokens add`. Scopes: "
                    + " ".join(f"`{scope}`: {words}" for scope, words in SCOPES.items()),
                }
            },
        },
    }


def _operation(operation: Operation, named: dict[str, Schema]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *_parameters(operation.params, "path", named),
            *_parameters(operation.query, "query", named),
            *([_KEY] if operation.writes and operation.kept else []),
        ],
        "responses": _responses(operation, named),
        "security": [] if operation.scope is None else [{"token": [operation.scope]}],
    }
    if operation.about:
        described["description"] = operation.about
    if operation.body is not None:
        schema = schema_of(operation.body, named)
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _parameters(shape: type, place: str, named: dict[str, Schema]) -> list[dict[str, Any]]:
    kinds = hints(shape)
    found = []
    for field in dataclasses.fields(shape):
        schema = schema_of(kinds[field.name], named)
        # A parameter that is not given is not there: it is never null.
        if isinstance(schema.get("type"), list):
            schema["type"] = schema["type"][0]
        if "enum" in schema:
            schema["enum"] = [value for value in schema["enum"] if value is not None]
        described = {
            "name": wire_name(field),
            "in": place,
            "required": place == "path" or is_required(field),
            "schema": schema,
        }
        if "description" in schema:
            described["description"] = schema.pop("description")
        found.append(described)
    return found


def _responses(operation: Operation, named: dict[str, Schema]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.status != 204:
        good["content"] = {operation.media: {"schema": schema_of(operation.answer, named)}}
    errors = {*EVERYWHERE, *operation.errors}
    errors |= set(WITH_TOKEN) if operation.scope else set()
    errors |= set(WITH_BODY) if operation.body is not None else set()
    errors |= set(WITH_KEY) if operation.writes and operation.kept else set()
    if dataclasses.fields(operation.params):
        errors.add(404)
    return {str(operation.status): good} | {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": _error_content(operation, named),
        }
        for status in sorted(errors)
    }


def _error_content(operation: Operation, named: dict[str, Schema]) -> dict[str, Any]:
    problem = {PROBLEM_JSON: {"schema": schema_of(Problem, named)}}
    if operation.error_media == PROBLEM_JSON:
        return problem
    # What goes wrong before the operation is found out (a fault, a full disk) stays a problem.
    own: Schema = {"type": "array", "items": {"type": "object"}}
    if "xml" in operation.error_media:
        own = {"type": "string"}
    return {operation.error_media: {"schema": own}, **problem}
