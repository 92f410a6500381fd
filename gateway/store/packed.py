"""JSON as the database keeps it: no spaces, every letter as it is."""

from __future__ import annotations

import json

pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Write a JSON value."""

unpack = json.loads
"""Read what `pack` wrote."""
