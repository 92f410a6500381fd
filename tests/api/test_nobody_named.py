"""Whoever may read everything but people learns no name, no number and no resident's words."""

from __future__ import annotations

import re

from gateway.api.scopes import SCOPES
from gateway.api.table import OPERATIONS
from gateway.store.database import Tx
from tests.api.asking import Asker, book
from tests.api.test_plans import use_services

# What these open is names, texts and answers themselves.
OPEN = {"people:read", "messages:read", "results:read", "export:read"}
# Who stands in a poll is known by name.
CANDIDATES = {"Grace Adeyemi", "Harold Stubbs"}
QUERIES = {"/runs": "?date=2026-03-03", "/trip-counts": "?first=2026-03-01&last=2026-03-31"}
WORDS = ("gate", "insulin", "peanuts", "12 Mill Lane", "mend the bench")


def named(tx: Tx) -> set[str]:
    """Give every name and number there is."""
    rows = tx.all(
        "SELECT name AS it FROM resident UNION SELECT number FROM resident UNION SELECT name FROM member"
    )
    return {row["it"] for row in rows if row["it"]} - CANDIDATES


async def test_no_answer_names_anybody(system: Asker) -> None:
    await system.request_of()
    trip = await book(system)
    await use_services(system)
    await system.village.text("+447700900126", "SOMEBODY should mend the bench again")
    for words in ("FOODBANK", "1", "0", "vegan", "peanuts", "microwave", "no", "Please bring it", "1"):
        await system.village.text("+447700900126", words)
    await system.village.text("+447700900126", "12 Mill Lane")
    who = await system.village.store.read(named)
    assert {"Ann Whitlock", "Edith Penn", "+447700900126"} <= who
    token = await system.let_in(*(scope for scope in SCOPES if scope not in OPEN))
    ann = await system.person("+447700900021")
    seen = 0
    for operation in OPERATIONS:
        if operation.method != "GET" or operation.scope in {None, *OPEN}:
            continue
        path = operation.path.replace("{key}", "bench")
        path = path.replace("{id}", ann if "/volunteers" in path else str(trip) if "/trips" in path else "1")
        path += QUERIES.get(path, "")
        answer = await system.get(path, token=token)
        seen += answer.status == 200
        said = answer.raw.decode()
        assert [name for name in who if name in said] == [], path
        assert not re.search(r"\+44|07700", said), path
        # What a coordinator let through is public.
        hidden = [words for words in WORDS if words in said]
        assert hidden == [] or (hidden == ["mend the bench"] and "/ideas" in path), path
    assert seen > 20
