"""Customers: the list, one customer on one page, and both as JSON. From the read model only: no workflow is asked."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import JsonValue
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.customer_view import CustomerView, gather
from console.deps import Given
from console.pages import not_found, page
from models.enums import LifecycleStage
from models.errors import NotFound

router = APIRouter()

After = Annotated[str | None, Query(max_length=128, description="Key of the page before: its `after`.")]
Search = Annotated[str, Query(max_length=100)]
Stage = Annotated[LifecycleStage | None, Query()]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/")
async def root() -> Response:
    """The console begins with the customers."""
    return RedirectResponse("/customers")


@router.get("/customers")
async def customers(
    deps: Given, after: After = None, stage: str = "", search: Search = "", limit: Limit = 50
) -> HTMLResponse:
    """The list."""
    chosen = LifecycleStage(stage) if stage in LifecycleStage.__members__.values() else None
    found = await deps.portfolio.page(limit=limit, after=after, stage=chosen, search=_text(search))
    counts = await deps.portfolio.stages()
    return page(
        deps,
        "customers.html",
        page=found,
        first=after is None,
        stages=[(each.value, counts.get(each.value, 0)) for each in LifecycleStage],
        total=sum(counts.values()),
        stage=chosen.value if chosen else "",
        search=_text(search),
    )


@router.get("/customers/{customer_id:path}")
async def customer(deps: Given, customer_id: str) -> HTMLResponse:
    """One customer."""
    view = await _view(deps, customer_id)
    return not_found(deps, "customer") if view is None else page(deps, "customer.html", view=view)


@router.get("/api/customers")
async def api_customers(
    deps: Given, after: After = None, stage: Stage = None, search: Search = "", limit: Limit = 50
) -> dict[str, JsonValue]:
    """``{"customers": [...], "after": key of the next page or null}``."""
    found = await deps.portfolio.page(limit=limit, after=after, stage=stage, search=_text(search))
    return {"customers": [row.model_dump(mode="json") for row in found.rows], "after": found.after}


@router.get("/api/customers/{customer_id:path}")
async def api_customer(deps: Given, customer_id: str) -> dict[str, JsonValue]:
    """Everything of the page; 404 where there is no such customer."""
    view = await _view(deps, customer_id)
    if view is None:
        raise NotFound("no such customer", field="customer_id")
    shown: dict[str, JsonValue] = view.model_dump(mode="json")
    return shown


async def _view(deps: Given, customer_id: str) -> CustomerView | None:
    if len(customer_id) > 128 or "\0" in customer_id:
        return None
    async with deps.store.read() as transaction:
        return await gather(transaction, customer_id, deps.now(), deps.playbooks)


def _text(search: str) -> str:
    return search.replace("\0", "").strip()
