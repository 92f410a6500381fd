"""What was heard in pieces, put together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from modem.speech.protocols import Heard

MOST_ALTERNATIVES = 4

_MOST_COMPARED = 4
"""Of so many pieces all alternatives are put together, of the rest the likeliest alone."""


def join(pieces: Sequence[Heard]) -> Heard:
    """Give what the `pieces` of one utterance, in order, may have been whole, the likeliest first.

    A digit string comes in pieces when its speaker stops for breath; a piece without words says nothing.
    """
    spoken = [piece.alternatives[:MOST_ALTERNATIVES] for piece in pieces if piece.alternatives]
    if not spoken:
        return Heard(())
    ways = product(*(enumerate(piece) for piece in spoken[:_MOST_COMPARED]))
    # The likelier its pieces, the likelier the whole.
    likely = sorted(ways, key=lambda way: sum(at for at, _ in way))
    rest = [piece[0] for piece in spoken[_MOST_COMPARED:]]
    whole = dict.fromkeys(" ".join([*(text for _, text in way), *rest]) for way in likely)
    return Heard(tuple(whole)[:MOST_ALTERNATIVES])
