"""What keeps ids to ourselves: people under pseudonyms, pages under signed cursors, one key for both."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

_MARK = b"person\0\0"
_SEAL_BYTES = 12


@dataclass(frozen=True, slots=True)
class Secrets:
    """The installation's key, at work. Whoever has the database has the key: this hides ids from
    other systems, not from the community itself."""

    key: bytes

    def pseudonym(self, resident_id: int) -> str:
        """Give a resident's pseudonym: always the same here, and nothing to anybody else."""
        # One block that holds a mark and the id: whoever guesses a pseudonym fails the mark.
        sealed = self._cipher().encryptor().update(_MARK + resident_id.to_bytes(8, "big"))
        return f"p{sealed.hex()}"

    def resident_id(self, pseudonym: str) -> int | None:
        """Give the resident behind a pseudonym, None when it is none of ours."""
        opened = self._cipher().decryptor().update(bytes.fromhex(pseudonym[1:]))
        return int.from_bytes(opened[8:], "big") if opened[:8] == _MARK else None

    def contact(self, package: str, resident_id: int) -> str:
        """Give a resident's name within one results package; two packages cannot be joined by it."""
        named = f"{package}\0{resident_id}".encode()
        return hmac.new(self._own("contact"), named, hashlib.sha256).hexdigest()[:32]

    def cursor(self, scope: str, position: str) -> str:
        """Give a page's beginning as a cursor that only fits `scope` (which list, with which filters)."""
        return f"{urlsafe_b64encode(position.encode()).rstrip(b'=').decode()}.{self._seal(scope, position)}"

    def position(self, scope: str, cursor: str) -> str | None:
        """Give what a cursor says, None when it is not one of ours for `scope`."""
        body, _, seal = cursor.partition(".")
        try:
            position = urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        except ValueError:
            return None
        return position if hmac.compare_digest(seal, self._seal(scope, position)) else None

    def _seal(self, scope: str, position: str) -> str:
        seal = hmac.new(self._own("cursor"), f"{scope}\0{position}".encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(seal[:_SEAL_BYTES]).decode()

    def _cipher(self) -> Cipher[ECB]:
        # Ciphers weigh 6 MB, and many a gateway has no other system beside it.
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import ECB

        return Cipher(AES(self._own("person")), ECB())  # noqa: S305 - one block, no mode to get wrong

    def _own(self, purpose: str) -> bytes:
        """Give a key of its own for each purpose."""
        return hmac.new(self.key, purpose.encode(), hashlib.sha256).digest()
