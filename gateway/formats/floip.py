"""FLOIP Flow Results 1.1.0: what residents answered, as packages of rows without names or numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from flows.library import Library
from flows.model import Ask, Flow
from flows.value import Json, Value
from gateway.store.flow_results import FlowPackage, FlowResult

VERSION = "1.1.0"
PROFILE = "flow-results-package"
# What may tell who somebody is: names, numbers, places, and anything in their own words.
PERSONAL = frozenset({"name", "phone", "place", "free_text"})
# A credential is nobody's answer.
NEVER = frozenset({"pin"})
_TYPES: Mapping[str, str] = {
    "yes_no": "select_one",
    "number": "numeric",
    "date": "date",
    "time": "time",
    "place": "text",
    "name": "text",
    "phone": "text",
    "free_text": "text",
}
_LANGUAGES = {"en": "eng", "es": "spa", "ko": "kor"}
_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("timestamp", "Timestamp", "datetime"),
    ("row_id", "Row ID", "string"),
    ("contact_id", "Contact ID", "string"),
    ("session_id", "Session ID", "string"),
    ("question_id", "Question ID", "string"),
    ("response", "Response", "any"),
    ("response_metadata", "Response Metadata", "object"),
)


def name_of(package: FlowPackage) -> str:
    """Give a package's name in a registry of packages."""
    return f"{package.flow.replace('_', '-')}-{package.version}"


def publishable(library: Library) -> list[Flow]:
    """Give the flows whose answers may be handed on: those that say so themselves."""
    return [flow for flow in library.versions.values() if flow.results and not flow.secret]


def descriptor(
    package: FlowPackage, flow: Flow, library: Library, language: str, data_url: str
) -> dict[str, Json]:
    """Describe a package; labels are in `language` (BCP 47), and `data_url` is where its rows are."""
    spoken = language if language in flow.texts else library.languages[0]
    return {
        "profile": PROFILE,
        "name": name_of(package),
        "flow_results_specification_version": VERSION,
        "created": stamp(package.created_at),
        # A version of a flow never changes: another one is another package.
        "modified": stamp(package.created_at),
        "id": package.id,
        "title": f"{package.flow}, version {package.version}",
        "resources": [
            {
                "name": f"{name_of(package)}-data",
                "path": None,
                "access_method": "api",
                "api_data_url": data_url,
                "mediatype": "application/json",
                "encoding": "utf-8",
                "schema": {
                    "language": _LANGUAGES.get(spoken.partition("-")[0], "und"),
                    "fields": [{"name": n, "title": t, "type": k} for n, t, k in _FIELDS],
                    "questions": {
                        ask.name: _question(flow, step, ask, library, spoken)
                        for step, ask in _asks(flow).items()
                    },
                },
            }
        ],
    }


def rows(result: FlowResult, contact: str, flow: Flow) -> Iterator[list[Json]]:
    """Give the rows of one conversation, a question each; `contact` is who its resident is in this package.

    A conversation keeps no time for each answer: all of them carry the moment in which it ended.
    """
    for place, ask in enumerate(_asks(flow).values()):
        value = result.answers.get(ask.name)
        response = None if value is None or value.data in ("", []) else _response(ask, value)
        if response is not None:
            yield [
                stamp(result.ended_at),
                row_id(result.id, place),
                contact,
                str(result.id),
                ask.name,
                response,
                {},
            ]


def row_id(result_id: int, place: int) -> str:
    """Give the id of a row; as strings, ids are in the order of the rows."""
    return f"{result_id:012d}-{place:02d}"


def result_of(row: str) -> int:
    """Give the result a row id belongs to."""
    return int(row.partition("-")[0])


def stamp(moment: datetime) -> str:
    """Write a moment as RFC 3339 with the offset spelled out, as Flow Results wants it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _asks(flow: Flow) -> dict[str, Ask]:
    """Give the questions of a flow by step, each answer's name once, but for credentials."""
    found: dict[str, Ask] = {}
    for step in flow.steps.values():
        ask = step.ask
        if ask is not None and ask.type not in NEVER and ask.name not in {a.name for a in found.values()}:
            found[step.name] = ask
    return found


def _question(flow: Flow, step: str, ask: Ask, library: Library, language: str) -> Mapping[str, Json]:
    phrase = library.phrase(flow.name, flow.version, step, language)
    return {
        "type": _type(ask),
        "label": phrase.sms if phrase else ask.name,
        "type_options": {"choices": list(_choices(ask))} if _type(ask).startswith("select") else {},
        "is_personal_information": ask.type in PERSONAL,
    }


def _type(ask: Ask) -> str:
    if ask.type == "choice":
        return "select_one" if ask.own_choices else "text"
    if ask.type == "ranking":
        return "select_many" if ask.own_choices else "text"
    return _TYPES.get(ask.type, "text")


def _choices(ask: Ask) -> Sequence[str]:
    return ("yes", "no") if ask.type == "yes_no" else ask.own_choices


def _response(ask: Ask, value: Value) -> Json:
    data = value.data
    if ask.type == "ranking" and isinstance(data, Sequence) and not isinstance(data, str):
        keys = [str(pair[0]) for pair in data if isinstance(pair, Sequence)]
        return keys if ask.own_choices else ", ".join(keys)
    if isinstance(data, (list, tuple)):
        # A choice is its key; a place is what people call it.
        return str(data[1] if ask.type == "place" else data[0])
    if ask.type == "time":
        return f"{data}:00"
    return data if ask.type == "number" else str(data)
