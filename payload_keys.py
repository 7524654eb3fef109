"""Keys of the payload codec: a random data key per customer, kept wrapped by one master key.

Erasing a customer destroys its data key; what histories and backups still hold of it can then be read by nobody.
"""

import base64
import binascii
import hashlib
import secrets
import time
from collections import OrderedDict
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import Misconfigured

SYSTEM = "@system"
"""Holder of the key for what belongs to no customer (sweeps). No customer can have this id: ``@`` is refused."""

DESTROYED = b""
"""What a destroyed key leaves behind, so that an erasure is told apart from a database that lost its rows."""

_FORMAT = b"\x01"
_NONCE = 12
_CACHED = 10_000  # about 3 MB
_FRESH = 300.0  # seconds: how long another process may still read after an erasure


class CustomerKeys(Protocol):
    """Where wrapped keys are kept; each call commits before it returns.

    A key is needed before the customer's first row exists, so the table refers to no other.
    """

    async def get(self, customer: str) -> bytes | None:
        """The wrapped key, ``DESTROYED`` after an erasure, None if there never was one."""
        ...

    async def create(self, customer: str, wrapped: bytes) -> bytes:
        """Store the key unless a live one is there (of two callers the first wins); returns the stored one."""
        ...

    async def destroy(self, customer: str) -> None:
        """Overwrite the key with ``DESTROYED``. Idempotent."""
        ...


class KeyErased(Exception):
    """The key was destroyed when the customer was erased."""


class DataKey(NamedTuple):
    """An unwrapped key. ``check`` recognises it without revealing it."""

    cipher: AESGCM
    check: str


class MasterKeys:
    """The key that wraps the others. During a rotation, old ones after it: ``new,old``."""

    def __init__(self, secret: str) -> None:
        try:
            keys = [base64.b64decode(part.strip(), validate=True) for part in secret.split(",")]
        except binascii.Error:
            keys = []
        if not keys or any(len(key) != 32 for key in keys):
            raise Misconfigured("expected 32 bytes in base64", field="STEADFAST_PAYLOAD_KEY")
        self._keys = [AESGCM(key) for key in keys]

    def wrap(self, customer: str, key: bytes) -> bytes:
        """Encrypt a data key, bound to its customer."""
        nonce = secrets.token_bytes(_NONCE)
        return _FORMAT + nonce + self._keys[0].encrypt(nonce, key, _bound(customer))

    def unwrap(self, customer: str, wrapped: bytes) -> bytes:
        """The data key.

        Raises:
            Misconfigured: none of our master keys wrapped it.
        """
        if wrapped[:1] == _FORMAT:
            for master in self._keys:
                try:
                    return master.decrypt(wrapped[1 : 1 + _NONCE], wrapped[1 + _NONCE :], _bound(customer))
                except InvalidTag:
                    continue
        raise Misconfigured("this master key did not wrap the stored keys", field="STEADFAST_PAYLOAD_KEY")

    def rewrap(self, customer: str, wrapped: bytes) -> bytes:
        """The same data key under the newest master key, for a rotation."""
        return wrapped if wrapped == DESTROYED else self.wrap(customer, self.unwrap(customer, wrapped))


class KeyRing:
    """Data keys by customer, cached for a bounded time in bounded number."""

    def __init__(self, master: MasterKeys, keys: CustomerKeys) -> None:
        self._master = master
        self._keys = keys
        self._cache: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._erased: OrderedDict[str, None] = OrderedDict()

    async def to_encode(self, customer: str) -> tuple[str, DataKey]:
        """The holder of the key to encode with, and the key: made now if the customer has none.

        A run that was met erased reports its failure under the system key: its report must not make a new key.
        """
        known = self._cached(customer)
        if known is None:
            wrapped = await self._keys.get(customer)
            if not wrapped and customer in self._erased:
                return await self.to_encode(SYSTEM)
            if not wrapped:
                wrapped = await self._keys.create(customer, self._master.wrap(customer, secrets.token_bytes(32)))
            known = self._keep(customer, wrapped)
        return customer, known

    async def to_decode(self, customer: str, check: str) -> DataKey:
        """The key that encoded something.

        Raises:
            KeyErased: it was destroyed.
            Misconfigured: the database has no such key, or our master key does not open it. Never taken for an erasure:
                a wrong database must not end every process.
        """
        known = self._cached(customer)
        if known is None or known.check != check:
            wrapped = await self._keys.get(customer)
            if wrapped is None:
                raise Misconfigured(f"no payload key is stored for {customer!r}", field="STEADFAST_DATABASE_URL")
            known = None if wrapped == DESTROYED else self._keep(customer, wrapped)
        if known is None or known.check != check:
            self._erased[customer] = None
            _bound_size(self._erased)
            raise KeyErased(customer)
        return known

    def forget(self, customer: str) -> None:
        """Drop a key from memory now, after destroying it."""
        self._cache.pop(customer, None)

    def _cached(self, customer: str) -> DataKey | None:
        kept = self._cache.get(customer)
        if kept is None or time.monotonic() - kept[0] > _FRESH:
            return None
        self._cache.move_to_end(customer)
        return kept[1]

    def _keep(self, customer: str, wrapped: bytes) -> DataKey:
        raw = self._master.unwrap(customer, wrapped)
        key = DataKey(AESGCM(raw), hashlib.sha256(b"steadfast:check:" + raw).hexdigest()[:16])
        self._cache[customer] = (time.monotonic(), key)
        self._cache.move_to_end(customer)
        _bound_size(self._cache)
        self._erased.pop(customer, None)
        return key


def _bound(customer: str) -> bytes:
    return b"steadfast:wrap:1:" + customer.encode()


def _bound_size(held: OrderedDict[str, tuple[float, DataKey]] | OrderedDict[str, None]) -> None:
    while len(held) > _CACHED:
        held.popitem(last=False)
