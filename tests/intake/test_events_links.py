"""Tokens in links prove who wrote them, and for what."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from intake.links import sign, unsubscribe_subject, unsubscribe_url, verify
from intake.signature import Verifier
from models.errors import BadInput, Misconfigured

SECRET = SecretStr("whsec_" + base64.b64encode(b"k" * 32).decode())
OTHER = SecretStr("whsec_" + base64.b64encode(b"o" * 32).decode())


@given(st.text(max_size=200).filter(lambda text: text.isprintable()))
def test_a_token_gives_back_its_subject(subject: str) -> None:
    assert verify(SECRET, "unsubscribe", sign(SECRET, "unsubscribe", subject)) == subject


def test_a_link_says_whom_it_unsubscribes_and_is_the_same_each_time() -> None:
    url = unsubscribe_url("https://cs.example.com/", SECRET, customer="C-1", address="ana@sol.example")
    assert url == unsubscribe_url("https://cs.example.com", SECRET, customer="C-1", address="ana@sol.example")
    assert unsubscribe_subject(SECRET, url.rpartition("/")[2]) == ("C-1", "ana@sol.example")


GOOD = sign(SECRET, "unsubscribe", "ana")


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "a.b", GOOD[:-1], GOOD + "=", GOOD + "A", GOOD.replace(".", ""), "€." + GOOD, "A" * 9000,
        sign(SECRET, "other", "ana"), sign(OTHER, "unsubscribe", "ana"),
        sign(SECRET, "unsubscribe", "eva").partition(".")[0] + "." + GOOD.partition(".")[2],
    ],
)  # fmt: skip
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(BadInput, match="not a link of ours"):
        verify(SECRET, "unsubscribe", token)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "not base64 at all, but long enough for a key!"])
def test_a_secret_that_is_none_is_an_operators_error(secret: str) -> None:
    with pytest.raises(Misconfigured, match="STEADFAST_EVENTS_SECRET"):
        Verifier(SecretStr(secret))
