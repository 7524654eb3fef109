"""Connecting to Temporal by Temporal's own settings, with the project's converter."""

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime

from codec import data_converter
from models.errors import Retryable
from payload_keys import CustomerKeys
from settings import Settings


async def connect(
    settings: Settings, keys: CustomerKeys, *, runtime: Runtime | None = None, lazy: bool = False
) -> Client:
    """A client for the server that Temporal's environment or profile names; else the embedded one's port.

    Raises:
        Retryable: nothing answers there.
    """
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    try:
        return await Client.connect(**config, data_converter=data_converter(settings, keys), runtime=runtime, lazy=lazy)
    except RuntimeError as error:
        raise Retryable(f"Temporal does not answer at {config['target_host']}: {str(error)[:200]}") from None
