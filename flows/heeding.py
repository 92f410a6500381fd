"""What a command does: its flow is gone through aside, and whatever was being talked about goes on."""

from __future__ import annotations

from flows.commands import WORDS
from flows.limits import LIVE
from flows.value import text
from flows.walk import Walk
from flows.words import MENU


def heed(walk: Walk, folded: str, *, alone: bool = True) -> bool:
    """Do what a text commands, if it is a command and the resident's to give; tell whether it was.

    Unless `alone`, the word of a command that names a code is none without it: a call asks questions
    at the menu, too.
    """
    at_menu = walk.status == "active" and walk.stand.flow.name == MENU
    at_ease = walk.status not in LIVE or at_menu
    command = walk.library.vocabulary.commands.read(folded, walk.said.language, alone=alone and at_ease)
    if command is None or not walk.setting.heeds(command.flow, command.names):
        return False
    if (
        not command.names
        and walk.library.flow(command.flow).command == WORDS
        and _works_everywhere(walk, folded)
    ):
        return False
    if not walk.setting.language_known:
        walk.said.switch(command.language)
    given = {name: text(command.names) for name in walk.library.flow(command.flow).given}
    if at_ease:
        walk.begin(command.flow, given)
    else:
        walk.begin_aside(command.flow, "", given)
    return True


def _works_everywhere(walk: Walk, folded: str) -> bool:
    """Tell whether a text is a global word by itself, which a command that begins with it leaves alone."""
    return walk.library.vocabulary.word(folded) is not None
