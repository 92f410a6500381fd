"""What can go wrong in the gateway: one root error."""

from __future__ import annotations


class GatewayError(Exception):
    """Something the gateway cannot do; the message says what it means and what to do."""


class ConfigError(GatewayError):
    """The settings cannot be used as written: the message names file, line and remedy."""


class StoreError(GatewayError):
    """The database did not take a transaction: nothing of it was kept, and it may be tried again."""


class StoreFull(StoreError):
    """The disk is full: texts wait on the SIM and in the queue until there is room."""


class StoreFromFuture(StoreError):
    """The database was written by a newer Plainline: install that version, or restore a backup."""
