"""The one-click link in relationship and marketing mail (RFC 8058)."""

from pydantic import SecretStr

from intake.links import unsubscribe_url


class Unsubscribe:
    """Makes links that the console honours."""

    def __init__(self, base: str, secret: SecretStr) -> None:
        """``base``: the console's address as recipients see it."""
        self._base = base
        self._secret = secret

    def link(self, customer: str, address: str) -> str:
        """The same for the same customer and address."""
        return unsubscribe_url(self._base, self._secret, customer=customer, address=address)
