"""Composition of the mail server: settings to the one SMTP client."""

from integrations.smtp import SmtpMailer
from rendering.mail import build
from settings import Settings


def smtp(settings: Settings) -> SmtpMailer:
    """The server in force: the provider's, or the embedded catcher."""
    host, port = settings.smtp
    return SmtpMailer(
        host,
        port,
        build,
        tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
        timeout=15,
        content_timeout=60,
    )
