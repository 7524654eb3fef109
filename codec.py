"""How values travel through Temporal: pydantic JSON, and with a payload key set, encrypted under a key per customer.

AES-256-GCM. The customer comes from the workflow id that the SDK gives as context; its percent-encoded id travels in
the payload's metadata, so that decoding needs no context. Payloads of other encodings pass through: a history begun
before the key was set still decodes. Ids and search attributes are never encrypted.
"""

import dataclasses
import secrets
from collections.abc import Sequence
from typing import Self
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidTag
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

from models.errors import BadInput, Rejected
from models.ids import parse_workflow_id
from payload_keys import SYSTEM, CustomerKeys, DataKey, KeyErased, KeyRing, MasterKeys
from settings import Settings

ENCODING = b"binary/steadfast-aesgcm"
ERASED = "PayloadErased"
"""Type of the error that a worker meets when it reads what was erased; no retry can mend it."""

_KEY = "steadfast-key"
_CHECK = "steadfast-key-check"
_NONCE = 12


class CustomerCodec(PayloadCodec, WithSerializationContext):
    """Encrypts each payload under its customer's key."""

    def __init__(self, ring: KeyRing, *, customer: str = SYSTEM, display: bool = False) -> None:
        self.ring = ring
        self._customer = customer
        self._display = display

    def with_context(self, context: SerializationContext) -> Self:
        """The codec for one workflow's customer."""
        return type(self)(self.ring, customer=_customer(context), display=self._display)

    def for_display(self) -> Self:
        """A codec whose ``decode`` shows a placeholder for what was erased, instead of failing."""
        return type(self)(self.ring, customer=self._customer, display=True)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt."""
        holder, key = await self.ring.to_encode(self._customer)
        return [_seal(payload, quote(holder, safe="-_.~"), key) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt what this codec encrypted; anything else passes unchanged.

        Raises:
            ApplicationError: non-retryable, of type ``PayloadErased``: the customer was erased. Ends the run.
            Rejected: the payload was altered. Misconfigured: the keys are not ours.
        """
        return [await self._open(payload) for payload in payloads]

    async def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        holder = payload.metadata.get(_KEY, b"").decode("ascii", "replace")
        check = payload.metadata.get(_CHECK, b"").decode("ascii", "replace")
        try:
            key = await self.ring.to_decode(unquote(holder), check)
        except KeyErased:
            if self._display:
                return Payload(metadata={"encoding": b"json/plain"}, data=b'"[erased]"')
            raise ApplicationError(
                "the customer was erased and its payloads can no longer be read", type=ERASED, non_retryable=True
            ) from None
        try:
            plain = key.cipher.decrypt(payload.data[:_NONCE], payload.data[_NONCE:], _bound(holder, check))
        except InvalidTag:
            raise Rejected("a payload does not authenticate under its key: it was altered") from None
        return Payload.FromString(plain)


def data_converter(settings: Settings, keys: CustomerKeys) -> DataConverter:
    """The converter every client, worker and replayer uses.

    Raises:
        Misconfigured: the payload key is not one.
    """
    made = codec(settings, keys)
    if made is None:
        return pydantic_data_converter
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=made,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def codec(settings: Settings, keys: CustomerKeys) -> CustomerCodec | None:
    """The codec alone, for the UI's codec endpoint; None when no payload key is set."""
    if settings.payload_key is None:
        return None
    return CustomerCodec(KeyRing(MasterKeys(settings.payload_key.get_secret_value()), keys))


async def decode_for_ui(codec: CustomerCodec, body: bytes) -> str:
    """Answer a codec server's ``/decode``: a JSON ``{"payloads": [...]}`` in, the same decoded out.

    Raises:
        BadInput: the body is not that.
    """
    try:
        asked = Parse(body, Payloads())
    except (ParseError, UnicodeDecodeError, RecursionError):
        raise BadInput("expected payloads as JSON", field="body") from None
    return MessageToJson(Payloads(payloads=await codec.for_display().decode(asked.payloads)), indent=None)


def _customer(context: SerializationContext) -> str:
    """The customer a context belongs to; the system's where it is nobody's (sweeps, schedules)."""
    if not isinstance(context, WorkflowSerializationContext | ActivitySerializationContext) or not context.workflow_id:
        return SYSTEM
    try:
        return parse_workflow_id(context.workflow_id).customer
    except BadInput:
        return SYSTEM


def _seal(payload: Payload, holder: str, key: DataKey) -> Payload:
    nonce = secrets.token_bytes(_NONCE)
    return Payload(
        metadata={"encoding": ENCODING, _KEY: holder.encode(), _CHECK: key.check.encode()},
        data=nonce + key.cipher.encrypt(nonce, payload.SerializeToString(), _bound(holder, key.check)),
    )


def _bound(holder: str, check: str) -> bytes:
    """What a payload is bound to: it cannot be moved to another customer. Not the namespace: histories may move."""
    return f"steadfast:payload:1:{holder}:{check}".encode()
