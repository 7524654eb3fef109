"""The eight checks of section 18.4. Calculations are done twice, by code that shares nothing, and compared exactly."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from analysis import recompute_customers, usage_figures
from analysis.book_figures import Told, first_starts
from analysis.mrr import Balances, balances, columns, waterfall
from analysis.mrr_definitions import DEFINITIONS, RECOMMENDED
from analysis.mrr_live import plain, with_events
from analysis.mrr_recompute import recompute
from analysis.telling import Telling
from models.figure import Documented, Reference, SourceFreshness
from models.health_config import HealthConfigs
from models.metric_rows import BookRows, ValidationRows
from models.mrr import MonthFlow
from models.validation import Check, CheckStatus, Disagreement

FRESH = timedelta(hours=48)
CALIBRATED_WITHIN = timedelta(days=61)
LEAST_RATE, LEAST_SAMPLE, PUBLISHED_FROM = 0.10, 50, 30


class Churn(NamedTuple):
    """The months looked at, and how many of them both implementations agree on."""

    book: Balances
    flows: list[MonthFlow]
    agreed: int
    compared: int


def churn_twice(rows: BookRows, telling: Telling, first: date, last: date) -> Churn:
    """The waterfall of those months by every definition, twice; the recommended one is kept."""
    spans = with_events(rows.spans, rows.statements, telling.zone)
    taken, values = columns(spans), list(map(plain, spans))
    kept, agreed, compared = None, 0, 0
    for rule in DEFINITIONS.values():
        book = balances(taken, rule, last)
        flows = waterfall(book, first, last)
        again = recompute(values, rule, first, last)
        agreed += sum(one == other for one, other in zip(flows, again, strict=True))
        compared += len(flows)
        if rule is RECOMMENDED:
            kept = (book, flows)
    assert kept is not None
    return Churn(*kept, agreed, compared)


def nps(told: Told, rows: BookRows, query: Reference) -> Check:
    """1: promoters less detractors, and the response rate by the surveys sent."""
    start, stop = rows.period.start, rows.period.end
    value, n = recompute_customers.nps(rows.answers, start, stop)
    answered, sent = recompute_customers.response_rate(rows.answers, rows.sends, start, stop)
    found = told.nps
    right = (found.nps, found.total_responses, found.surveys_answered, found.surveys_sent) == (value, n, answered, sent)
    shown = "none to compute" if value is None else f"NPS {value:+d}"
    details = f"{shown} from {n} respondents; {answered} of {sent} surveys answered"
    if not right:
        details = f"first {found.nps} of {found.total_responses}, second {value} of {n}"
    return _check("NPS Calculation", right, details, f"% promoters - % detractors, docs/metrics.md; query {query}")


def churn(found: Churn, query: Reference) -> Check:
    """2: logo churn and revenue churn of the last month, each labelled, and whether every month agrees."""
    name, evidence = "Churn Calculation", f"query {query}; definition {RECOMMENDED.ref}"
    if not found.flows:
        return Check(name=name, status=CheckStatus.PASS, details="no month is over yet", evidence=evidence)
    flow = found.flows[-1]
    logo = "cannot tell" if flow.logo_churn is None else f"{flow.logo_churn:.2%}"
    money = "cannot tell" if flow.revenue_churn is None else f"{flow.revenue_churn:.2%}"
    details = (
        f"{flow.month:%Y-%m}: logo churn {logo} (n = {flow.customers_start} accounts), revenue churn {money}; method "
        f"{RECOMMENDED.name}; {found.agreed} of {found.compared} months agree with the second implementation"
    )
    return _check(name, found.agreed == found.compared, details, evidence)


def sources(told: Sequence[SourceFreshness]) -> Check:
    """3: every source of truth, and every connected system, heard of within 48 hours."""
    told = [one for one in told if one.judged]
    valid = [one.source for one in told if one.age is not None and one.age < FRESH]
    others = [
        f"{one.source} {'never heard of' if one.hours is None else f'{one.hours:.0f} h ago'}"
        for one in told
        if one.source not in valid
    ]
    details = f"{len(valid)}/{len(told)} sources valid" + (f": {', '.join(others)}" if others else "")
    status = CheckStatus.PASS if len(valid) == len(told) else CheckStatus.WARNING
    return Check(name="Data Sources", status=status, details=details)


class Cohorts(NamedTuple):
    """Customers accounted for, and the definitions in use that are documented."""

    accounted: int
    customers: int
    documented: int
    in_use: int
    issues: tuple[str, ...]


def cohorts_of(rows: ValidationRows, starts: Mapping[str, date], used: Sequence[Documented]) -> Cohorts:
    """4: each customer in exactly one start-month cohort, and each definition written once."""
    everyone = {one.customer: one for one in rows.customers}
    groups: dict[str, set[str]] = {}
    for account in everyone:
        start = starts.get(account)
        groups.setdefault("never paid" if start is None else f"{start:%Y-%m}", set()).add(account)
    paying = [
        account
        for account in groups.get("never paid", ())
        if everyone[account].subscription_status in ("active", "past_due") or everyone[account].subscribed_at
    ]
    strangers = sorted(starts.keys() - everyone.keys())
    issues = []
    if paying:
        issues.append(f"{len(paying)} customers subscribe but the start of no subscription is known")
    if strangers:
        issues.append(f"{len(strangers)} accounts with subscriptions are no customers")
    if sum(map(len, groups.values())) != len(everyone):
        issues.append("a customer is in more than one cohort")
    names: dict[tuple[str, int], set[str]] = {}
    for one in used:
        names.setdefault((one.name, one.version), set()).add(one.ref.sha256)
    issues += [
        f"{name} v{version} has {len(texts)} texts" for (name, version), texts in names.items() if len(texts) > 1
    ]
    documented = sum(bool(one.text.strip()) for one in used)
    return Cohorts(len(everyone) - len(paying), len(everyone), documented, len(used), tuple(issues))


def cohorts(found: Cohorts) -> Check:
    """4."""
    details = "; ".join(found.issues) or (
        f"consistent: {found.customers} customers in one start-month cohort each, {found.in_use} definitions in use"
    )
    return _check("Cohort Definitions", not found.issues, details, "starter.py metrics --explain all")


def retention(told: Told, rows: BookRows, telling: Telling) -> Check:
    """5: D7 and D30."""
    starts, today = first_starts(rows, telling.zone), telling.as_of.date()
    shown, right = [], True
    for day in (7, 30):
        first = usage_figures.retained(starts, rows.active, telling, day)
        second = recompute_customers.retained(starts, rows.active, telling.first_day, telling.last_day, today, day)
        right &= (len(first.kept), len(first.cohort)) == second
        share = f"{second[0] / second[1]:.1%}" if second[1] else "cannot tell"
        shown.append(f"D{day} {share} ({second[0]} of {second[1]} accounts)")
    return _check(
        "Retention Calculation", right, ", ".join(shown), f"methodology: {told.figures['retention_d7'].cohort}"
    )


def health(configs: HealthConfigs, calibrated: Mapping[str, datetime], as_of: datetime) -> Check:
    """6: weights sum to 1, thresholds are ordered, and each configuration was calibrated within two months."""
    faults = []
    for config in configs.configurations:
        weights = [sum(part.weight for part in config.components)]
        weights += [sum(metric.weight for metric in part.metrics) for part in config.components]
        limits = config.thresholds
        if any(abs(total - 1) > 1e-9 for total in weights):
            faults.append(f"{config.name}: weights do not sum to 1")
        if not limits.A > limits.B > limits.C > limits.D:
            faults.append(f"{config.name}: thresholds are not in order")
        at = calibrated.get(config.name)
        if at is None:
            faults.append(f"{config.name}: never calibrated")
        elif as_of - at > CALIBRATED_WITHIN:
            faults.append(f"{config.name}: last calibrated {at:%Y-%m-%d}")
    factors = ", ".join(
        f"{config.name} {sum(len(part.metrics) for part in config.components)} factors, last calibration "
        + (f"{calibrated[config.name]:%Y-%m-%d}" if config.name in calibrated else "none")
        for config in configs.configurations
    )
    details = factors + (f"; {'; '.join(faults)}" if faults else "")
    return Check(name="Health Score", status=CheckStatus.WARNING if faults else CheckStatus.PASS, details=details)


def survey(told: Told) -> Check:
    """7: warned under 10 % of answers or 50 of them; under 30 NPS is not told at all."""
    found = told.nps
    rate, n = found.response_rate, found.total_responses
    few = n < LEAST_SAMPLE or rate is None or rate < LEAST_RATE
    shown = "cannot tell, no survey was sent" if rate is None else f"{rate:.1%} of {found.surveys_sent} surveys"
    details = f"response rate {shown}; sample size {n}" + ("; NPS is not publishable" if n < PUBLISHED_FROM else "")
    return Check(name="Survey Validity", status=CheckStatus.WARNING if few else CheckStatus.PASS, details=details)


def reconciliation(found: Sequence[Disagreement]) -> Check:
    """8."""
    kinds: dict[str, int] = {}
    for one in found:
        kinds[f"{one.source} {one.kind}"] = kinds.get(f"{one.source} {one.kind}", 0) + 1
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    details = f"{len(found)} discrepancies" + (f": {told}" if told else "")
    return Check(name="Data Reconciliation", status=CheckStatus.WARNING if found else CheckStatus.PASS, details=details)


def _check(name: str, right: bool, details: str, evidence: str) -> Check:
    return Check(name=name, status=CheckStatus.PASS if right else CheckStatus.FAIL, details=details, evidence=evidence)
