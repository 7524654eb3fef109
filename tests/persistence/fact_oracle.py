"""What every fact should be, said again in plain Python over the rows of one customer: no SQL, no windows shared."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

DAY = timedelta(days=1)

Row = dict[str, Any]


class Oracle:
    """Answers for one customer as of a moment, from all rows there are."""

    def __init__(self, rows: dict[str, list[Row]], owner: str, as_of: datetime) -> None:
        self.all, self.owner, self.now, self.today = rows, owner, as_of, as_of.date()

    def rows(self, table: str) -> list[Row]:
        return [row for row in self.all.get(table, []) if row["customer"] == self.owner]

    def past(self, table: str, field: str) -> list[Row]:
        limit = self.today if table in ("usage_event", "conversation_day", "churn_event") else self.now
        return sorted((row for row in self.rows(table) if row[field] <= limit), key=lambda row: row[field])

    def done(self, moment: datetime | None) -> bool:
        return moment is not None and moment <= self.now

    def within(self, moment: datetime | None, days: int) -> bool:
        return moment is not None and timedelta(0) <= self.now - moment < days * DAY

    def day_within(self, day: date, days: int) -> bool:
        return 0 <= (self.today - day).days < days

    def spoke(self, feed: str, rows: list[Row]) -> bool:
        return bool(rows) or any(row["feed"] == feed for row in self.past("source_report", "at"))

    def facts(self) -> dict[str, object]:
        """Every fact that the histories speak of."""
        parts: tuple[Callable[[], dict[str, object]], ...] = (
            self.account, self.logins, self.usage, self.conversations, self.limits, self.support, self.relations,
            self.billing, self.results,
        )  # fmt: skip
        return {name: value for part in parts for name, value in part().items()}

    def plan(self) -> str | None:
        plan: str | None = next(row for row in self.all["customer"] if row["id"] == self.owner)["plan"]
        return plan

    def account(self) -> dict[str, object]:
        row = next(row for row in self.all["customer"] if row["id"] == self.owner)
        spans = [
            span for span in self.rows("subscription")
            if span["started"] <= self.today and (span["ended"] is None or span["ended"] >= self.today)
        ]  # fmt: skip
        spans.sort(key=lambda span: span["id"])
        spans.sort(key=lambda span: span["started"], reverse=True)
        billed = [{"monthly": 1, "annual": 12}[span["billing"]] for span in spans if span["billing"] is not None]
        growth = self.past("growth_potential", "at")
        churn = sorted(self.past("churn_event", "day"), key=lambda row: (row["day"], row["id"]))
        segment = {"starter": "self_serve", "growth": "smb", "pro": "mid_market", "enterprise": "enterprise"}
        return {
            "plan": row["plan"],
            "segment": segment[row["plan"]] if row["plan"] else None,
            "has_csm": row["csm_id"] is not None,
            "marketing_consent": row.get("consent_marketing"),
            "contract_length": row["contract_length_months"] or (billed[0] if billed else None),
            "days_until_renewal": (row["renewal_date"] - self.today).days if row["renewal_date"] else None,
            "growth_potential": growth[-1]["value"] if growth else None,
            "churn_reason": churn[-1]["reason"] if churn else None,
        }

    def logins(self) -> dict[str, object]:
        logins = self.past("login", "at")
        named = [row for row in logins if row["user_id"] is not None]
        spoke = self.spoke("logins", logins)
        lately = [row for row in named if self.day_within(row["at"].date(), 30)]
        users = {row["user_id"] for row in lately}
        daily = [len({r["user_id"] for r in lately if r["at"].date() == self.today - n * DAY}) for n in range(30)]
        return {
            "days_since_last_login": (self.now - logins[-1]["at"]) // DAY if logins else None,
            "logins": sum(self.within(row["at"], 30) for row in logins) if spoke else None,
            "logins_per_week": sum(self.within(row["at"], 28) for row in logins) / 4 if spoke else None,
            "active_users": len(users) if named else None,
            "dau_mau_ratio": (sum(daily) / 30 / len(users) if users else 0.0) if named else None,
        }

    def usage(self) -> dict[str, object]:
        events = self.past("usage_event", "day")
        spoke = self.spoke("usage", events)
        lately = [row for row in events if self.day_within(row["day"], 30)]
        earlier = [row for row in events if self.day_within(row["day"], 60) and row not in lately]
        now, before = sum(row["count"] for row in lately), sum(row["count"] for row in earlier)
        used = {row["feature"] for row in lately if row["count"] > 0}
        offered = {
            row["feature"] for row in self.all.get("plan_feature", [])
            if row["plan"] == self.plan() and row["since"] <= self.today
            and (row["until"] is None or row["until"] > self.today)
        }  # fmt: skip
        return {
            "actions_performed": now if spoke else None,
            "usage_change_percent": 100 * (now - before) / before if before else None,
            "features_used": sorted(used) if spoke else None,
            "features_used_this_month": len(used) if spoke else None,
            "feature_adoption": len(used & offered) / len(offered) if spoke and offered else None,
        }

    def conversations(self) -> dict[str, object]:
        days = self.past("conversation_day", "day")
        month = [row for row in days if self.day_within(row["day"], 30)]
        weeks = [row for row in days if self.day_within(row["day"], 28)]
        told = [row for row in month if row["automated"] is not None]
        timed = [row for row in month if row["response_seconds"] is not None]
        handled, answered = sum(row["handled"] for row in told), sum(row["handled"] for row in timed)
        return {
            "conversations_per_week": sum(row["handled"] for row in weeks) / 4 if days else None,
            "conversations_handled": sum(row["handled"] for row in month) if days else None,
            "automation_rate": sum(row["automated"] for row in told) / handled if handled else None,
            "avg_response_time_minutes": (
                sum(row["response_seconds"] for row in timed) / answered / 60 if answered else None
            ),
        }

    def limits(self) -> dict[str, object]:
        newest = {row["name"]: row for row in self.past("limit_usage", "at") if self.within(row["at"], 30)}
        full = [row["used"] / row["allowed"] for row in newest.values() if row["allowed"]]
        tries = self.past("blocked_attempt", "at")
        lately = [row["feature"] for row in tries if self.within(row["at"], 30)]
        spoke = self.spoke("blocked", tries)
        seats = self.past("seat_count", "at")
        before = [row["seats"] for row in seats if row["at"] <= self.now - 90 * DAY]
        grown = (seats[-1]["seats"] - before[-1]) / before[-1] if before and before[-1] else None
        return {
            "usage_vs_limit": max(full, default=None),
            "blocked_feature_attempts": len(lately) if spoke else None,
            "blocked_features": sorted(set(lately)) if spoke else None,
            "team_size_change": grown,
        }

    def support(self) -> dict[str, object]:
        tickets = self.past("ticket", "opened")
        spoke = self.spoke("tickets", tickets)
        is_open = [row for row in tickets if not self.done(row["closed"])]
        closed = [row for row in tickets if self.done(row["closed"]) and self.within(row["closed"], 90)]
        escalated = [row["escalated_at"] or (row["closed"] if row["escalated"] else None) for row in tickets]
        unsaid = any(row["escalated"] is None and not self.done(row["escalated_at"]) for row in closed)
        stars = [row["csat"] for row in closed if row["csat"] is not None]
        lately = [row["csat"] for row in closed if row["csat"] is not None and self.within(row["closed"], 30)]
        unranked = any(row["severity"] is None for row in is_open)
        mentions = self.past("competitor_mention", "at")
        named = any(self.within(row["at"], 30) for row in mentions)
        return {
            "open_tickets": len(is_open) if spoke else None,
            "high_severity_tickets": (
                sum(row["severity"] in ("high", "critical") for row in is_open) if spoke and not unranked else None
            ),
            "support_tickets": sum(self.within(row["opened"], 30) for row in tickets) if spoke else None,
            "escalations": sum(self.within(moment, 90) for moment in escalated) if spoke and not unsaid else None,
            "avg_csat": fmean(stars) if stars else None,
            "avg_csat_30_days": fmean(lately) if lately else None,
            "competitor_mentioned": named if self.spoke("ticket_text", mentions) else None,
        }

    def relations(self) -> dict[str, object]:
        answers = [row for row in self.past("survey_response", "submitted_at") if row["kind"] == "nps"]
        answers.sort(key=lambda row: (row["submitted_at"], row["id"]))
        held = [
            row["attended"] for row in self.rows("meeting")
            if self.within(row["scheduled_at"], 90) and self.done(row["booked_at"])
            and not self.done(row["cancelled_at"]) and row["attended"] is not None and self.done(row["told_at"])
        ]  # fmt: skip
        sent = [row for row in self.rows("outreach_message") if self.within(row["sent_at"], 90)]
        return {
            "nps_score": answers[-1]["score"] if answers else None,
            "days_since_nps": (self.now - answers[-1]["submitted_at"]) // DAY if answers else None,
            "meetings_attended": sum(held) / len(held) if held else None,
            "responses_to_outreach": sum(self.done(row["answered_at"]) for row in sent) / len(sent) if sent else None,
        }

    def billing(self) -> dict[str, object]:
        issued = self.past("invoice", "issued_at")
        valid = [row for row in issued if not self.done(row["voided_at"])]
        valid.sort(key=lambda row: (row["issued_at"], row["id"]), reverse=True)
        charged = [row for row in valid if any(self.done(row[f]) for f in ("paid_at", "failed_at", "due_at"))]
        clean = [self.done(row["paid_at"]) and not self.done(row["failed_at"]) for row in charged[:6]]
        owed = [row for row in valid if self.done(row["failed_at"]) and not self.done(row["paid_at"])]
        asked = self.past("cancellation_request", "requested_at")
        waiting = [row for row in asked if not self.done(row["closed_at"])]
        return {
            "payment_health": sum(clean) / len(clean) if clean else None,
            "failed_payments": len(owed) if self.spoke("invoices", issued) else None,
            "cancellation_requested": bool(waiting) if self.spoke("cancellations", asked) else None,
        }

    def results(self) -> dict[str, object]:
        last = {row["name"]: row for row in self.past("computed_metric", "at")}
        health, closed = last.get("health_score"), last.get("expansion_closed")
        return {
            "health_score": int(health["number"]) if health and health["number"] is not None else None,
            "expansion_closed": bool(closed["number"]) if closed else None,
            "engagement_trend": last["engagement_trend"]["word"] if "engagement_trend" in last else None,
            "engagement_score": None,
        }
