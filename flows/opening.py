"""Takes up a conversation for a turn."""

from __future__ import annotations

from flows.conversation import Conversation, Setting
from flows.library import Library
from flows.limits import LIVE
from flows.walk import Walk


def take_up(library: Library, conversation: Conversation | None, setting: Setting) -> Walk:
    """Take up a conversation where it stands; one whose flow is gone has failed."""
    live = conversation is not None and conversation.status in LIVE
    language = conversation.language if live and conversation else setting.language
    if language not in library.common:
        language = library.languages[0]
    if conversation is None or (conversation.flow, conversation.version) not in library.versions:
        walk = Walk(library, setting, language)
        if live and conversation:
            walk.said.happened("conversation.ended", flow=conversation.flow, status="failed")
        return walk
    walk = Walk(library, setting, language, conversation)
    if live and not walk.stand.asks:
        walk.leave("failed")
    return walk
