"""Domains of addresses: the registrable part, and which say nothing of a company (section 0.4, identity)."""

from functools import cache

from publicsuffixlist import PublicSuffixList

from models.errors import BadInput

FREE_MAIL = frozenset(
    {
        "126.com", "163.com", "aol.com", "arcor.de", "att.net", "bellsouth.net", "bluewin.ch", "bol.com.br",
        "btinternet.com", "comcast.net", "cox.net", "duck.com", "fastmail.com", "fastmail.fm", "free.fr",
        "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.es", "gmx.net", "googlemail.com",
        "hanmail.net", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr",
        "hotmail.it", "icloud.com", "inbox.lv", "interia.pl", "jazztel.es", "laposte.net", "libero.it",
        "live.co.uk", "live.com", "live.fr", "live.nl", "mac.com", "mail.com", "mail.ru", "mailbox.org",
        "mailinator.com", "me.com", "movistar.es", "msn.com", "naver.com", "o2.pl", "ono.com", "orange.es",
        "orange.fr", "outlook.com", "outlook.es", "outlook.fr", "pm.me", "posteo.de", "proton.me", "protonmail.com",
        "qq.com", "rambler.ru", "rocketmail.com", "seznam.cz", "sfr.fr", "sky.com", "t-online.de", "telefonica.net",
        "terra.com.br", "terra.es", "tiscali.it", "tuta.com", "tutanota.com", "uol.com.br", "verizon.net",
        "virgilio.it", "wanadoo.es", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.co.jp", "yahoo.co.uk",
        "yahoo.com", "yahoo.com.br", "yahoo.com.mx", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com",
        "yandex.ru", "ymail.com", "zoho.com",
    }
)  # fmt: skip
"""Providers of mail for everybody: an address there never says which company somebody belongs to."""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def company_domain(address: str | None) -> str | None:
    """The registrable domain of an address or a host (``mail.acme.co.uk``: ``acme.co.uk``); None where it says nothing:
    a free-mail provider, a bare suffix, or no domain at all."""
    host = (address or "").rpartition("@")[2].strip().rstrip(".").lower()
    if "." not in host or len(host) > 253:
        return None
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    domain: str | None = _suffixes().privatesuffix(ascii_host)
    return None if domain in FREE_MAIL else domain


def check_domain(text: str) -> str:
    """A domain that a person verifies for a customer.

    Raises:
        BadInput: it is none, or everybody's.
    """
    domain = company_domain(text)
    if domain is None:
        raise BadInput(
            "expected a company's domain; those of mail providers belong to nobody", field="DOMAIN", value=text
        )
    return domain
