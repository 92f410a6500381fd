"""Codes from an app beside the password (RFC 6238), and the codes for when the app is lost."""

from __future__ import annotations

import hashlib
import io
import secrets
from datetime import datetime

from markupsafe import Markup

STEP_SECONDS = 30
# A telephone's clock may be this many steps off.
DRIFT_STEPS = 1
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


def new_secret() -> str:
    """Make a secret for an app to be set up with."""
    import pyotp

    return pyotp.random_base32()


def step_of_code(secret: str, typed: str, moment: datetime) -> int | None:
    """Give the time step whose code was typed, None where it is no code of about now."""
    import pyotp

    code = "".join(typed.split())
    if not secret or len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    totp, present = pyotp.TOTP(secret), int(moment.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.at(step * STEP_SECONDS), code):
            return step
    return None


def picture(secret: str, login: str, community: str) -> Markup:
    """Draw what an app's camera reads, as SVG."""
    import pyotp
    import segno

    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"Plainline {community}")
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn,
        kind="svg",
        scale=5,
        border=4,
        light="#fff",
        dark="#000",
        xmldecl=False,
        nl=False,
        svgclass="qr",
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno: numbers and names of colours


def new_recovery_codes() -> list[str]:
    """Make the codes that each let somebody in once without the app."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def hash_recovery_code(typed: str) -> str:
    """Give what is kept of a recovery code: 49 bits, tried a few times an hour, need no slow hash."""
    plain = "".join(letter for letter in typed.casefold() if letter.isalnum())
    return hashlib.sha256(f"recovery:{plain}".encode()).hexdigest()
