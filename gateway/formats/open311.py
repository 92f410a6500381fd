"""Open311 GeoReport v2: public issues as records, and records as XML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from gateway.store.public_issues import PublicIssue, PublicService

Record: TypeAlias = Mapping[str, str | bool]
"""One record: field names as GeoReport has them."""

_ONE_OF = {"services": "service", "service_requests": "request", "errors": "error"}
# XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def services(found: Sequence[PublicService]) -> list[Record]:
    """Give the kinds of issue as GeoReport's services."""
    return [
        {
            "service_code": service.code,
            "service_name": service.name,
            "description": service.description,
            "metadata": False,
            "type": "realtime",
            "keywords": "",
            "group": "",
        }
        for service in found
    ]


def requests(found: Sequence[PublicIssue]) -> list[Record]:
    """Give issues as GeoReport's service requests; it knows no state but open and closed."""
    return [
        {
            "service_request_id": str(issue.id),
            "status": "open" if issue.open else "closed",
            "status_notes": issue.notes,
            "service_name": issue.service.name,
            "service_code": issue.service.code,
            "description": issue.text,
            "requested_datetime": issue.put_up_at.isoformat(timespec="seconds"),
            "updated_datetime": issue.changed_at.isoformat(timespec="seconds"),
            "address": issue.place,
        }
        for issue in found
    ]


def errors(form: Literal["json", "xml"], status: int, description: str) -> str:
    """Give an error as GeoReport has it."""
    record = {"code": str(status), "description": description}
    return json.dumps([record], ensure_ascii=False) if form == "json" else to_xml("errors", [record])


def to_xml(root: str, records: Sequence[Record]) -> str:
    """Write records below `root`, each in an element of its kind."""
    inner = "".join(f"<{_ONE_OF[root]}>{_fields(record)}</{_ONE_OF[root]}>" for record in records)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{inner}</{root}>'


def _fields(record: Record) -> str:
    return "".join(f"<{name}>{_words(value)}</{name}>" for name, value in record.items())


def _words(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_UNWRITABLE.sub("", value))
