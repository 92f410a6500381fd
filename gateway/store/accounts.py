"""Accounts of the dashboard: who may look, what they may do, and how others are invited."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.errors import GatewayError
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

INVITATION_LASTS = timedelta(days=3)
_COLUMNS = "id, login, name, role, password_hash, language, totp_secret, totp_step, created_at"


class LoginTaken(GatewayError):
    """Somebody signs in with this name already: choose another one."""


class LastCoordinator(GatewayError):
    """This is the only coordinator, and nobody could let others in any more: make another one first."""


class Role(StrEnum):
    """What somebody may do; each role may do all that the ones below it may."""

    OBSERVER = "observer"
    ORGANISER = "organiser"
    COORDINATOR = "coordinator"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what `needed` may."""
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `language` is BCP 47, '' while their browser's is used."""

    id: int
    login: str
    name: str
    role: Role
    password_hash: str
    language: str
    totp_secret: str
    totp_step: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes one account with `role`, until `expires_at`."""

    id: int
    role: Role
    name: str
    expires_at: datetime


def fold_login(typed: str) -> str:
    """Give the form in which a login name is kept and compared."""
    return unicodedata.normalize("NFKC", " ".join(typed.split())).casefold()


def any_account(tx: Tx) -> bool:
    """Whether anybody was ever given access."""
    return tx.one("SELECT 1 FROM account LIMIT 1") is not None


def add_first_account(tx: Tx, login: str, name: str, password_hash: str, now: datetime) -> int | None:
    """Make the first coordinator and give the id; None where there is an account already."""
    if any_account(tx):
        return None
    return add_account(tx, login, name, Role.COORDINATOR, password_hash, now)


def add_account(tx: Tx, login: str, name: str, role: Role, password_hash: str, now: datetime) -> int:
    """Make an account and give its id; raises LoginTaken."""
    if account_by_login(tx, login) is not None:
        raise LoginTaken("Somebody signs in with this name already. Choose another one.")
    return tx.insert(
        "INSERT INTO account (login, name, role, password_hash, created_at) "
        "VALUES (:login, :name, :role, :hash, :now) RETURNING id",
        login=fold_login(login),
        name=name,
        role=role.value,
        hash=password_hash,
        now=to_text(now),
    )


def account_by_login(tx: Tx, login: str) -> Account | None:
    """Find the account that signs in with a name."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM account WHERE login = :login AND ended_at IS NULL",  # noqa: S608
        login=fold_login(login),
    )
    return _account(row) if row else None


def account_by_id(tx: Tx, account_id: int) -> Account | None:
    """Find an account whose access has not ended."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM account WHERE id = :id AND ended_at IS NULL",  # noqa: S608
        id=account_id,
    )
    return _account(row) if row else None


def accounts(tx: Tx) -> list[Account]:
    """Give everybody who may sign in, by name."""
    rows = tx.all(f"SELECT {_COLUMNS} FROM account WHERE ended_at IS NULL ORDER BY name, id")  # noqa: S608
    return [_account(row) for row in rows]


def set_role(tx: Tx, account_id: int, role: Role) -> None:
    """Give an account another role; raises LastCoordinator."""
    if role is not Role.COORDINATOR:
        _keep_a_coordinator(tx, account_id)
    tx.run("UPDATE account SET role = :role WHERE id = :id", role=role.value, id=account_id)


def end_access(tx: Tx, account_id: int, now: datetime) -> None:
    """End an account for good, with its password and codes; raises LastCoordinator."""
    _keep_a_coordinator(tx, account_id)
    tx.run(
        "UPDATE account SET ended_at = :now, password_hash = '', totp_secret = '' WHERE id = :id",
        now=to_text(now),
        id=account_id,
    )
    tx.run("DELETE FROM recovery_code WHERE account_id = :id", id=account_id)


def set_password(tx: Tx, account_id: int, password_hash: str) -> None:
    """Change the hash of an account's password."""
    tx.run("UPDATE account SET password_hash = :hash WHERE id = :id", hash=password_hash, id=account_id)


def set_account_language(tx: Tx, account_id: int, language: str) -> None:
    """Remember in which language somebody reads the dashboard."""
    tx.run("UPDATE account SET language = :language WHERE id = :id", language=language, id=account_id)


def set_totp(tx: Tx, account_id: int, secret: str, step: int, recovery: Sequence[str]) -> None:
    """Ask for codes of `secret` from now on, `step` being used up; `recovery` are hashes of codes."""
    tx.run(
        "UPDATE account SET totp_secret = :secret, totp_step = :step WHERE id = :id",
        secret=secret,
        step=step,
        id=account_id,
    )
    tx.run("DELETE FROM recovery_code WHERE account_id = :id", id=account_id)
    for code in recovery:
        tx.run("INSERT INTO recovery_code (account_id, hash) VALUES (:id, :hash)", id=account_id, hash=code)


def use_totp_step(tx: Tx, account_id: int, step: int) -> bool:
    """Use up a time step's code; False where it, or a later one, was used before."""
    return bool(
        tx.run(
            "UPDATE account SET totp_step = :step WHERE id = :id AND totp_step < :step",
            step=step,
            id=account_id,
        )
    )


def use_recovery_code(tx: Tx, account_id: int, code_hash: str) -> bool:
    """Use up a recovery code; False where there is no such code any more."""
    return bool(
        tx.run(
            "DELETE FROM recovery_code WHERE account_id = :id AND hash = :hash",
            id=account_id,
            hash=code_hash,
        )
    )


def recovery_codes_left(tx: Tx, account_id: int) -> int:
    """Count the recovery codes that still work."""
    row = tx.one("SELECT COUNT(*) AS n FROM recovery_code WHERE account_id = :id", id=account_id)
    return int(row["n"]) if row else 0


def invite(tx: Tx, token_hash: str, role: Role, name: str, made_by: int | None, now: datetime) -> int:
    """Keep a new invitation and give its id; `made_by` is None for the command line."""
    return tx.insert(
        "INSERT INTO invitation (token_hash, role, name, made_by, created_at, expires_at) "
        "VALUES (:hash, :role, :name, :by, :now, :expires) RETURNING id",
        hash=token_hash,
        role=role.value,
        name=name,
        by=made_by,
        now=to_text(now),
        expires=to_text(now + INVITATION_LASTS),
    )


def invitation_by_token(tx: Tx, token_hash: str, now: datetime) -> Invitation | None:
    """Find an invitation that may still be used."""
    row = tx.one(
        "SELECT id, role, name, expires_at FROM invitation WHERE token_hash = :hash "
        "AND account_id IS NULL AND expires_at > :now",
        hash=token_hash,
        now=to_text(now),
    )
    return _invitation(row) if row else None


def open_invitations(tx: Tx, now: datetime) -> list[Invitation]:
    """Give the invitations that may still be used."""
    rows = tx.all(
        "SELECT id, role, name, expires_at FROM invitation WHERE account_id IS NULL AND expires_at > :now "
        "ORDER BY id",
        now=to_text(now),
    )
    return [_invitation(row) for row in rows]


def use_invitation(tx: Tx, invitation_id: int, account_id: int) -> None:
    """Mark an invitation as used by the account it made."""
    tx.run("UPDATE invitation SET account_id = :account WHERE id = :id", account=account_id, id=invitation_id)


def take_back_invitation(tx: Tx, invitation_id: int) -> bool:
    """Make an unused invitation useless; False where it was used before."""
    return bool(tx.run("DELETE FROM invitation WHERE id = :id AND account_id IS NULL", id=invitation_id))


def forget_invitations(tx: Tx, now: datetime) -> None:
    """Forget the invitations that nobody used in time."""
    tx.run("DELETE FROM invitation WHERE account_id IS NULL AND expires_at <= :now", now=to_text(now))


def _keep_a_coordinator(tx: Tx, account_id: int) -> None:
    others = tx.one(
        "SELECT 1 FROM account WHERE role = 'coordinator' AND ended_at IS NULL AND id <> :id LIMIT 1",
        id=account_id,
    )
    if others is None:
        raise LastCoordinator(
            "This is the only coordinator, and nobody could let others in any more. Make another one first."
        )


def _account(row: Row) -> Account:
    return Account(
        row["id"],
        row["login"],
        row["name"],
        Role(row["role"]),
        row["password_hash"],
        row["language"],
        row["totp_secret"],
        row["totp_step"],
        from_text(row["created_at"]),
    )


def _invitation(row: Row) -> Invitation:
    return Invitation(row["id"], Role(row["role"]), row["name"], from_text(row["expires_at"]))
