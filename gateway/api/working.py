"""Doing what an operation does: in one transaction, and a write once for each Idempotency-Key."""

from __future__ import annotations

from typing import Any

from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused
from gateway.api.reading import to_json
from gateway.store import api_answers
from gateway.store.api_answers import KeptAnswer
from gateway.store.database import Tx
from gateway.store.packed import pack


def work(tx: Tx, operation: Operation, call: Call) -> Any:
    """Do what an operation does, in one transaction."""
    assert operation.work is not None  # noqa: S101 - an operation works or streams
    return operation.work(tx, call)


def write_once(tx: Tx, operation: Operation, call: Call, key_hash: str | None, asked: str) -> KeptAnswer:
    """Do the work unless this key was answered; what was answered then is given again."""
    token_id = call.token.id if call.token else 0
    if key_hash is not None:
        known = api_answers.kept_answer(tx, token_id, key_hash, call.now)
        if known is not None and known.request_hash != asked:
            raise Refused(422, "key_reused", "That Idempotency-Key belonged to another request.")
        if known is not None:
            return known
    answer = KeptAnswer(asked, operation.status, as_text(work(tx, operation, call)))
    if key_hash is not None:
        api_answers.keep_answer(tx, token_id, key_hash, answer, call.now)
    return answer


def as_text(result: Any) -> str:
    """Give what an operation came to as it is sent."""
    if isinstance(result, str):
        return result
    return "" if result is None else pack(to_json(result))
