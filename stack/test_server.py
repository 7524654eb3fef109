"""Finds Temporal's time-skipping test server, with which months pass in a second: for the tests only.

In order: given, in the cache, from the SDK's download, or with Maven and Java. The result is what
``WorkflowEnvironment.start_time_skipping(test_server_existing_path=...)`` takes: it runs it with a port.
"""

import os
import shutil
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from models.errors import Misconfigured, OutsideError
from settings import Settings
from stack import cache

VERSION = "1.35.0"
_PRODUCT = "temporal-test-server"
_WAYS = "no time-skipping test server; install Java and Maven, with which it is fetched (default-jre-headless, maven)"

# The JVM's flags: it lives for seconds, so start-up counts and peak speed does not.
_LAUNCHER = """#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
"""

_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>steadfast</groupId><artifactId>test-server</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


def find(settings: Settings, given: Path | None = None) -> Path | None:
    """A server that is there already, without network; None where there is none.

    Raises:
        Misconfigured: the given path does not exist.
    """
    if given is not None:
        if not given.exists():
            raise Misconfigured("no such file", field="test server", value=str(given))
        return given
    cached = settings.cache_home / f"{_PRODUCT}-{VERSION}" / _PRODUCT
    return cached if cached.exists() else None


async def ensure(settings: Settings, given: Path | None = None) -> Path:
    """A server, fetched if need be.

    Raises:
        Misconfigured: none of the ways worked; the message names them and what failed.
    """
    if found := find(settings, given):
        return found
    target = settings.cache_home / f"{_PRODUCT}-{VERSION}"
    failed = []
    for build in (_download, _resolve):
        try:
            return await cache.build_once(target, _PRODUCT, build)
        except OutsideError as error:
            failed.append(str(error))
    raise Misconfigured(f"{_WAYS} ({'; '.join(failed)})")


async def _download(folder: Path) -> None:
    if not await cache.sdk_host_reachable():
        raise OutsideError(f"{cache.SDK_HOST} cannot be reached")
    cache.say(f"Downloading the time-skipping test server {VERSION} ...")
    try:
        environment = await WorkflowEnvironment.start_time_skipping(
            download_dest_dir=str(folder), test_server_download_version=f"v{VERSION}"
        )
    except RuntimeError as error:
        raise OutsideError(f"download: {error}") from None
    await environment.shutdown()
    cache.single_file(folder).rename(folder / _PRODUCT)


async def _resolve(folder: Path) -> None:
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        raise OutsideError(f"not on the PATH: {', '.join(missing)}")
    (folder / "pom.xml").write_text(_POM, encoding="utf-8")
    await cache.run(
        f"Fetching the time-skipping test server {VERSION} with Maven",
        # -C: a file whose checksum differs is refused rather than warned of.
        *("mvn", "-B", "-q", "-C", "dependency:copy-dependencies", "-DincludeScope=runtime"),
        f"-DoutputDirectory={folder / 'lib'}",
        environment=os.environ,
        directory=folder,
    )
    launcher = folder / _PRODUCT
    launcher.write_text(_LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
