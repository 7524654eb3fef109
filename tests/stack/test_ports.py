"""A port that is taken is refused by the name of its setting; 0 gets a free one."""

import socket
from collections.abc import Iterator

import pytest

from models.errors import Misconfigured
from stack.ports import Wanted, resolve


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_names_the_setting_to_change(taken: int) -> None:
    with pytest.raises(Misconfigured) as refused:
        resolve([Wanted("STEADFAST_CONSOLE_PORT", taken)])
    assert str(refused.value) == (
        f"STEADFAST_CONSOLE_PORT = {taken}: already in use; "
        "set STEADFAST_CONSOLE_PORT to another port, or 0 for any free one"
    )


def test_two_settings_with_one_port_are_told_of_each_other(taken: int) -> None:
    free = resolve([Wanted("A", 0)])[0]
    with pytest.raises(Misconfigured, match="also the port of A; set B to another port"):
        resolve([Wanted("A", free), Wanted("B", free)])


def test_zero_means_any_free_port_and_no_two_are_the_same() -> None:
    ports = resolve([Wanted(name, 0) for name in "abcdefgh"])
    assert len(set(ports)) == 8
    assert 0 not in ports


def test_a_port_picked_for_zero_is_not_one_that_a_later_setting_names() -> None:
    fixed = resolve([Wanted("A", 0)])[0]
    assert resolve([Wanted("A", 0), Wanted("B", fixed)])[1] == fixed


def test_an_address_of_another_machine_is_refused_by_its_setting() -> None:
    with pytest.raises(Misconfigured, match=r"STEADFAST_CONSOLE_PORT = 0: cannot listen on 192\.0\.2\.1"):
        resolve([Wanted("STEADFAST_CONSOLE_PORT", 0, "192.0.2.1")])
