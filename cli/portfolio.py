"""``starter.py portfolio CSM``: engagement of a manager's customers, and what could be sold to them (6.3, 8.3)."""

import asyncio
from typing import Annotated

import typer

from cli.context import open_context
from cli.output import print_json, print_table, say
from models.engagement import PortfolioEngagement
from models.expansion import ExpansionConfig, Pipeline
from persistence.manager_book import ManagerBook
from rules import engagement, opportunities


def portfolio(
    csm: Annotated[str, typer.Argument(metavar="CSM", help="The manager's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """How engaged a manager's customers are, and the open opportunities among them, as last evaluated."""
    engaged, pipeline = asyncio.run(_read(csm))
    if as_json:
        print_json({"csm_id": csm, "engagement": engaged, "pipeline": pipeline})
    else:
        _print(engaged, pipeline)


async def _read(csm: str) -> tuple[PortfolioEngagement, Pipeline]:
    async with open_context() as context:
        book = ManagerBook(context.engine)
        engaged = engagement.portfolio(csm, await book.engagement(csm))
        config = ExpansionConfig(currency=context.settings.currency)
        return engaged, opportunities.pipeline(csm, await book.opportunities(csm), config)


def _print(engaged: PortfolioEngagement, pipeline: Pipeline) -> None:
    mean = "unknown" if engaged.avg_engagement_score is None else f"{engaged.avg_engagement_score:.1f}"
    scored = engaged.total_customers - len(engaged.unscored)
    say(f"{engaged.total_customers} customers; mean engagement {mean} (n = {scored})")
    print_table(
        "Engagement",
        ("high", "medium", "low", "unknown"),
        [(engaged.high_engagement, engaged.medium_engagement, engaged.low_engagement, len(engaged.unscored))],
    )
    if engaged.at_risk:
        say("Low: " + ", ".join(engaged.at_risk))
    title = f"Pipeline: {pipeline.total} {pipeline.currency} a month, {pipeline.unvalued} unvalued"
    print_table(
        title,
        ("customer", "type", "product", "value", "score", "timing", "why"),
        (
            (
                one.customer,
                one.type,
                one.product,
                one.estimated_value,
                one.probability,
                one.timing,
                "; ".join(one.signals),
            )
            for one in pipeline.opportunities
        ),
    )
