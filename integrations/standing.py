"""``check`` of every adapter: a harmless call that says as whom we are connected, then one for each right."""

from collections.abc import Awaitable, Callable, Mapping

from models.errors import Misconfigured, OutsideError, Rejected, SteadfastError
from models.outside import Door, Standing, System

_STRANGE = (LookupError, TypeError, ValueError, AttributeError)


async def standing(
    system: System | Door,
    who: Callable[[], Awaitable[str]],
    rights: Mapping[str, Callable[[], Awaitable[object]]],
    *,
    unchecked: tuple[str, ...] = (),
) -> Standing:
    """``who`` names the account; each of ``rights`` is tried, and one that is refused is missing.

    ``unchecked``: what would take more than a harmless call.
    """
    try:
        account = await who()
    except SteadfastError as error:
        return Standing(system=system, connected=False, error=str(error))
    except _STRANGE as error:
        return Standing(system=system, connected=False, error=f"an unknown form of answer ({type(error).__name__})")
    missing: list[str] = []
    for name, attempt in rights.items():
        try:
            await attempt()
        except (Misconfigured, Rejected) as error:
            missing.append(f"{name} ({error.message})")
        except _STRANGE as error:
            missing.append(f"{name} (an unknown form of answer: {type(error).__name__})")
        except OutsideError as error:
            return Standing(system=system, connected=False, account=account, missing=tuple(missing), error=str(error))
    return Standing(system=system, connected=True, account=account, missing=tuple(missing), unchecked=unchecked)
