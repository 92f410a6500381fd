"""One gateway at a time on one data folder: two would answer every text twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import GatewayError


class DataInUse(GatewayError):
    """Another gateway works in the data folder: stop it, or name another folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a data folder, which is made where it is missing; raises DataInUse, GatewayError.

    The kernel lets go of it when this process ends, however it ends.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise GatewayError(
            f"The data folder {folder} cannot be used ({error.strerror}). Let it be made by, or belong to, "
            "whoever runs Plainline: see docs/running.md."
        ) from None
    try:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise GatewayError(
                f"The data folder {folder} may not be written to by this user. Give it to whoever runs "
                f"Plainline: sudo chown -R $USER {folder}"
            )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataInUse(
                f"Another Plainline runs with the data in {folder} already. Stop that one first, or name "
                "another folder as data in the settings."
            ) from None
        yield
    finally:
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a gateway works in the data folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
