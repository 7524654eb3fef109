"""Payloads are unreadable without their customer's key, and readable with it: through the real converter and server."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToJson
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import ActivitySerializationContext, DataConverter, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from codec import ENCODING, ERASED, CustomerCodec, codec, data_converter, decode_for_ui
from models.errors import BadInput, Misconfigured, Rejected
from models.records import Csm
from payload_keys import DESTROYED, SYSTEM, KeyRing, MasterKeys
from settings import Settings

MASTER = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(1, 33))).decode()
MARKER = "marker-7f3a-only-in-payloads"


class Table:
    """Wrapped keys as a database keeps them."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    async def get(self, customer: str) -> bytes | None:
        return self.rows.get(customer)

    async def create(self, customer: str, wrapped: bytes) -> bytes:
        if not self.rows.get(customer):
            self.rows[customer] = wrapped
        return self.rows[customer]

    async def destroy(self, customer: str) -> None:
        self.rows[customer] = DESTROYED


def settings(home: Path, key: str | None = MASTER) -> Settings:
    return Settings(home=home, payload_key=None if key is None else SecretStr(key))


def in_workflow(converter: DataConverter, workflow_id: str) -> DataConverter:
    return converter.with_context(WorkflowSerializationContext(namespace="default", workflow_id=workflow_id))


def in_activity(converter: DataConverter, workflow_id: str) -> DataConverter:
    return converter.with_context(
        ActivitySerializationContext(
            namespace="default",
            activity_id="1",
            activity_type=None,
            activity_task_queue=None,
            workflow_id=workflow_id,
            workflow_type=None,
            is_local=False,
        )
    )


@pytest.mark.parametrize(
    ("workflow_id", "holder"),
    [
        ("customer:C-1", "C-1"),
        ("onboarding:C-1:2", "C-1"),
        ("sequence:a%2Fb%20c:trial:1", "a/b c"),
        ("sweep:2026-03-01", SYSTEM),
        ("anything", SYSTEM),
    ],
)
async def test_each_customer_has_a_key_and_what_is_nobodys_has_the_systems(
    tmp_path: Path, workflow_id: str, holder: str
) -> None:
    table = Table()
    converter = data_converter(settings(tmp_path), table)
    value = Csm(id="m-1", name=MARKER, email="m@example.com")
    for bound in (in_workflow(converter, workflow_id), in_activity(converter, workflow_id)):
        [payload] = await bound.encode([value])
        assert payload.metadata["encoding"] == ENCODING
        assert MARKER.encode() not in payload.SerializeToString()
        assert set(table.rows) == {holder}
        # Decoding needs no context.
        assert await converter.decode([payload], [Csm]) == [value]


async def test_two_processes_that_meet_a_new_customer_at_once_share_one_key(tmp_path: Path) -> None:
    table = Table()
    one, two = (in_workflow(data_converter(settings(tmp_path), table), "customer:C-1") for _ in range(2))
    [first], [second] = await one.encode([1]), await two.encode([2])
    assert await two.decode([first]) == [1]
    assert await one.decode([second]) == [2]


async def test_without_a_key_values_travel_as_plain_json(tmp_path: Path) -> None:
    assert data_converter(settings(tmp_path, None), Table()) is pydantic_data_converter
    assert codec(settings(tmp_path, None), Table()) is None


async def test_a_payload_written_before_the_key_was_set_still_decodes(tmp_path: Path) -> None:
    when = datetime(2026, 3, 1, tzinfo=UTC)
    [plain] = await pydantic_data_converter.encode([when])
    assert await data_converter(settings(tmp_path), Table()).decode([plain], [datetime]) == [when]


async def test_an_erased_customer_ends_the_run_that_reads_it_and_is_a_placeholder_to_the_eye(tmp_path: Path) -> None:
    table = Table()
    [payload] = await in_workflow(data_converter(settings(tmp_path), table), "customer:C-1").encode([MARKER])
    await table.destroy("C-1")

    worker = in_workflow(data_converter(settings(tmp_path), table), "customer:C-1")
    with pytest.raises(ApplicationError) as raised:
        await worker.decode([payload])
    assert raised.value.non_retryable
    assert raised.value.type == ERASED

    # The failure it reports next makes no new key for the erased customer.
    failure = Failure()
    await worker.encode_failure(raised.value, failure)
    assert table.rows["C-1"] == DESTROYED
    assert SYSTEM in table.rows

    made = codec(settings(tmp_path), table)
    assert made is not None
    shown = await decode_for_ui(made, MessageToJson(Payloads(payloads=[payload])).encode())
    assert base64.b64decode(json.loads(shown)["payloads"][0]["data"]) == b'"[erased]"'

    # A customer that comes back later gets a new key; what was erased stays erased.
    [again] = await in_workflow(data_converter(settings(tmp_path), table), "customer:C-1").encode(["back"])
    assert await worker.decode([again]) == ["back"]
    with pytest.raises(ApplicationError, match="erased"):
        await worker.decode([payload])


async def test_a_database_without_the_key_is_a_wrong_setting_never_an_erasure(tmp_path: Path) -> None:
    [payload] = await in_workflow(data_converter(settings(tmp_path), Table()), "customer:C-1").encode([1])
    with pytest.raises(Misconfigured, match="no payload key is stored"):
        await data_converter(settings(tmp_path), Table()).decode([payload])


async def test_a_wrong_master_key_is_a_wrong_setting(tmp_path: Path) -> None:
    table = Table()
    [payload] = await in_workflow(data_converter(settings(tmp_path), table), "customer:C-1").encode([1])
    with pytest.raises(Misconfigured, match="did not wrap"):
        await data_converter(settings(tmp_path, OTHER), table).decode([payload])


async def test_a_rotation_reads_old_keys_and_wraps_them_again(tmp_path: Path) -> None:
    table = Table()
    [payload] = await in_workflow(data_converter(settings(tmp_path), table), "customer:C-1").encode([MARKER])
    both = f"{OTHER},{MASTER}"
    assert await data_converter(settings(tmp_path, both), table).decode([payload]) == [MARKER]
    table.rows["C-1"] = MasterKeys(both).rewrap("C-1", table.rows["C-1"])
    assert await data_converter(settings(tmp_path, OTHER), table).decode([payload]) == [MARKER]
    assert MasterKeys(OTHER).rewrap("C-1", DESTROYED) == DESTROYED


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(bytes(16)).decode(), f"{MASTER},x"])
def test_what_is_not_a_key_is_refused_by_name(tmp_path: Path, key: str) -> None:
    with pytest.raises(Misconfigured, match="STEADFAST_PAYLOAD_KEY"):
        data_converter(settings(tmp_path, key), Table())


async def test_a_payload_moved_to_another_customer_or_altered_is_rejected() -> None:
    ring = KeyRing(MasterKeys(MASTER), Table())
    [mine] = await CustomerCodec(ring, customer="C-1").encode([Payload(data=b"x")])
    moved = Payload.FromString(mine.SerializeToString())
    flipped = bytearray(mine.data)
    flipped[-1] ^= 1
    moved.data = bytes(flipped)
    with pytest.raises(Rejected, match="altered"):
        await CustomerCodec(ring).decode([moved])
    await CustomerCodec(ring, customer="C-2").encode([Payload(data=b"y")])
    other = Payload.FromString(mine.SerializeToString())
    other.metadata["steadfast-key"] = b"C-2"
    with pytest.raises(ApplicationError, match="erased"):
        await CustomerCodec(ring).decode([other])


async def test_the_codec_endpoint_refuses_what_is_not_payloads() -> None:
    made = CustomerCodec(KeyRing(MasterKeys(MASTER), Table()))
    for body in (b"", b"[1]", b"\xff", b'{"payloads": 3}'):
        with pytest.raises(BadInput):
            await decode_for_ui(made, body)


async def test_failures_hide_their_message_and_stack(tmp_path: Path) -> None:
    converter = in_workflow(data_converter(settings(tmp_path), Table()), "customer:C-1")
    failure = Failure()
    await converter.encode_failure(ApplicationError(MARKER, MARKER, type="Rejected"), failure)
    assert MARKER.encode() not in failure.SerializeToString()
    assert failure.application_failure_info.type == "Rejected"
    assert MARKER in str(await converter.decode_failure(failure))
