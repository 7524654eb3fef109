"""A backtest on a terminal: the verdict first, every figure with its n and interval."""

from cli.output import print_table, say
from models.backtest import Backtest, Departure

LEFT = {Departure.LEFT: "stopped paying", Departure.RECORDED: "has a churn event recorded"}


def print_backtest(done: Backtest) -> None:
    """The report in tables."""
    say(f"{done.playbook}: {done.trigger}, {done.first} to {done.last} by the {done.grid}, {done.customers} accounts")
    say(f"Leaving: the account {LEFT[done.departure]} within {done.horizon_days} days. Known until {done.seen_until}.")
    say(f"Verdict: {done.verdict}" + (f" (p = {done.chance:.3g})" if done.chance is not None else ""))
    counts = [
        ("entries", done.entered),
        ("of them judged", done.judged),
        ("of them right", done.right),
        ("departures", done.departures),
        ("of them foreseen", done.reached),
    ]
    print_table("Counts", ("what", "n"), counts)
    figures = (done.precision, done.base, done.recall, done.false_alarms, done.revenue, done.lead, done.unknown)
    print_table("Figures", ("figure", "value"), ((one.label, one.short()) for one in figures))
    if done.lead_weeks:
        most = max(done.lead_weeks.values())
        rows = ((f"{week} weeks", n, "█" * round(30 * n / most)) for week, n in done.lead_weeks.items())
        print_table("Lead before leaving", ("lead", "departures", ""), rows)
    for note in done.notes:
        say(f"Note: {note}.")
