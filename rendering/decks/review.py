"""The slides of a quarterly review, in its language (section 12 of the domain)."""

from collections.abc import Iterable

from babel.dates import format_date

from models.figure import Figure
from models.qbr import Compared, Move, Point, QbrAgenda, QbrStatus, StoredQbr
from rendering.decks.amounts import note, shown
from rendering.decks.slide import Bars, Block, Bullets, Deck, Grid, Notice, Slide, Tone
from rendering.decks.words import METRICS, POINTS, SEVERITIES, STATUSES, TITLES, phrase

_MOST = 8  # lines of a list on one slide

_TONES: dict[Move, Tone] = {Move.BETTER: "good", Move.WORSE: "bad", Move.SAME: "", Move.CANNOT_TELL: "soft"}


def deck(review: StoredQbr, questions: tuple[str, ...]) -> Deck:
    """The deck of what is kept. ``questions``: of the open discussion."""
    return _Review(review, questions).deck()


class _Review:
    def __init__(self, review: StoredQbr, questions: tuple[str, ...]) -> None:
        self._kept = review
        self._agenda: QbrAgenda = review.agenda
        self._language = review.agenda.language
        self._questions = questions

    def deck(self) -> Deck:
        agenda = self._agenda
        names = ", ".join(agenda.attendees)
        return Deck(
            title=agenda.customer_name,
            subtitle=(
                f"{self._say('review')} {agenda.quarter}",
                self._say("meeting", date=self._day(), minutes=agenda.duration),
                self._say("attendees", names=names) if names else self._say("no_attendees"),
            ),
            stamp=self._stamp(),
            language=self._language.value,
            slides=(
                self._summary(),
                self._versus(),
                self._value(),
                self._usage(),
                self._support(),
                self._plan(),
                self._next(),
                self._discussion(),
            ),
        )

    def _say(self, name: str, **values: object) -> str:
        return phrase(name, self._language, **values)

    def _title(self, name: str) -> str:
        return TITLES[name][self._language]

    def _day(self) -> str:
        return format_date(self._agenda.date, "long", locale=self._language.value)

    def _stamp(self) -> str:
        kept = self._kept
        if kept.status is QbrStatus.DRAFT or kept.approved_at is None:
            return self._say("draft")
        return self._say("approved", by=kept.approved_by, date=f"{kept.approved_at:%Y-%m-%d}")

    def _summary(self) -> Slide:
        found = self._agenda.sections.executive_summary
        columns = (
            self._points("highlights", found.highlights, ""),
            self._points("challenges", found.challenges, "none_challenges"),
            self._points("recommendations", found.recommendations, "none_recommendations"),
        )
        notes = [note(one.compared.after) for one in found.highlights if one.compared is not None]
        return Slide(self._title("executive_summary"), tuple((one,) for one in columns), tuple(notes))

    def _points(self, heading: str, points: Iterable[Point], empty: str) -> Bullets:
        lines: list[tuple[str, Tone]] = [(self._point(one), _tone(one)) for one in points]
        if not lines and empty:
            lines = [(self._say(empty), "soft")]
        return Bullets(self._say(heading), tuple(lines[:_MOST]))

    def _point(self, one: Point) -> str:
        metric = METRICS.get(one.subject, {}).get(self._language, one.subject)
        compared = one.compared
        return POINTS[one.code][self._language].format_map(
            {
                "subject": one.subject,
                "metric": metric,
                "before": self._shown(compared.before) if compared else "",
                "after": self._shown(compared.after) if compared else "",
            }
        )

    def _shown(self, figure: Figure) -> str:
        return shown(figure, self._language)

    def _compared(self, rows: Iterable[Compared], before: str) -> Grid:
        listed = tuple(rows)
        return Grid(
            columns=(self._say("metric"), self._say(before), self._say("now"), self._say("change")),
            rows=tuple(
                (METRICS[one.metric][self._language], self._shown(one.before), self._shown(one.after), self._moved(one))
                for one in listed
            ),
            tones=tuple(_TONES[one.move] for one in listed),
            widths=(3, 4, 4, 2),
        )

    def _moved(self, one: Compared) -> str:
        """The improvement; n and interval stand in the two cells beside it."""
        if one.improvement.value is None:
            return self._say("cannot_tell")
        change = float(one.improvement.value)
        return f"{change:+.0%}" if one.move is not Move.SAME else f"≈ {change:+.0%}"

    def _versus(self) -> Slide:
        rows = self._agenda.versus_last_quarter
        told = [one for one in rows if one.improvement.value is not None]
        blocks: list[tuple[Block, ...]] = [(self._compared(rows, "before"),)]
        if told:
            chart = Bars(
                self._say("changes"),
                tuple(METRICS[one.metric][self._language] for one in reversed(told)),
                tuple(float(one.improvement.value or 0) for one in reversed(told)),
                percent=True,
                horizontal=True,
            )
            blocks.append((chart,))
        return Slide(self._title("versus"), tuple(blocks), self._notes(rows))

    def _value(self) -> Slide:
        value = self._agenda.sections.value_delivered
        roi = value.roi
        figures = (
            ("time_saved", roi.time_saved),
            ("cost_saved", roi.cost_saved),
            ("revenue_impact", roi.revenue_impact),
        )
        lines: list[tuple[str, Tone]] = [
            (f"{self._say(name)}: {self._shown(one)}", "" if one.known else "soft") for name, one in figures
        ]
        right: list[Block] = [Bullets(self._say("roi"), tuple(lines))]
        quote = value.testimonial_quote
        if quote is not None:
            right.append(Notice(f"«{quote.quote}»\n{quote.said_by}", quote=True))
        notes = (*self._notes(value.metrics), *(note(one) for _, one in figures), *roi.inputs)
        if quote is not None:
            notes = (*notes, self._say("permission", permission=quote.permission))
        return Slide(
            self._title("value_delivered"), ((self._compared(value.metrics, "baseline"),), tuple(right)), notes
        )

    def _usage(self) -> Slide:
        used = self._agenda.sections.product_usage
        language = self._language
        facts: list[tuple[str, Tone]] = [
            (f"{METRICS['active_users'][language]}: {self._shown(used.active_users)}", ""),
            (f"{METRICS['actions_performed'][language]}: {self._shown(used.actions)}", ""),
            (self._say(f"trend_{used.usage_trend.value}" if used.usage_trend else "trend_unknown"), ""),
        ]
        features: list[tuple[str, Tone]] = [
            (self._say("used", names=_listed(used.features_used)), "") if used.features_used else ("", "")
        ]
        if used.underutilized_features is None:
            features.append((self._say("features_unknown"), "soft"))
        elif used.underutilized_features:
            features.append((self._say("unused", names=_listed(used.underutilized_features)), ""))
        else:
            features.append((self._say("all_used"), "good"))
        left = Bullets(self._title("product_usage"), tuple(facts))
        right: Block = Notice(self._say("nothing_told"))
        if used.by_month:
            months = used.by_month
            right = Bars(self._say("by_month"), tuple(months), tuple(float(one) for one in months.values()))
        shown_features = Bullets(self._say("features"), tuple(line for line in features if line[0]))
        return Slide(
            self._title("product_usage"),
            ((left, shown_features), (right,)),
            (note(used.active_users), note(used.actions)),
        )

    def _support(self) -> Slide:
        support, language = self._agenda.sections.support_review, self._language
        figures = (support.total_tickets, support.avg_resolution_time, support.csat)
        names = ("support_tickets", "avg_resolution_hours", "csat")
        lines: list[tuple[str, Tone]] = [
            (f"{METRICS[name][language]}: {self._shown(one)}", "" if one.known else "soft")
            for name, one in zip(names, figures, strict=True)
        ]
        left = (
            Bullets(self._title("support_review"), tuple(lines)),
            self._points("moved", support.improvements, "nothing_moved"),
        )
        right: Block = Notice(self._say("nothing_told"))
        if support.top_issues:
            issues = support.top_issues
            severities = tuple(SEVERITIES[one][language] for one in issues)
            right = Bars(self._say("by_severity"), severities, tuple(float(one) for one in issues.values()))
        return Slide(self._title("support_review"), (left, (right,)), tuple(note(one) for one in figures))

    def _plan(self) -> Slide:
        plan = self._agenda.sections.success_plan_review
        title = self._title("success_plan_review")
        if plan.notice is not None:
            return Slide(title, ((Notice(self._say(plan.notice)),),))
        columns = tuple(self._say(name) for name in ("criterion", "baseline", "now", "target", "status"))
        rows = []
        for one in plan.criteria_progress:
            status = STATUSES[one.status.value if one.status else ""][self._language]
            stated = f" ({self._say('stated_by', by=one.overridden_by)})" if one.overridden_by else ""
            rows.append((one.name, _number(one.baseline), _number(one.current), _number(one.target), status + stated))
        lists = (
            ("completed", plan.completed_initiatives),
            ("in_progress", plan.in_progress),
            ("blocked", plan.blocked),
            ("upcoming", plan.upcoming_initiatives),
        )
        initiatives = tuple((f"{self._say(name)}: {', '.join(found)}", _plain()) for name, found in lists if found)
        table = Grid(columns, tuple(rows), widths=(4, 2, 2, 2, 3))
        if not initiatives:
            return Slide(title, ((table,),))
        return Slide(title, ((table,), (Bullets(self._say("initiatives"), initiatives),)))

    def _next(self) -> Slide:
        plan = self._agenda.sections.next_quarter_planning
        parts = (("goals", plan.goals), ("initiatives", plan.initiatives), ("success_metrics", plan.success_metrics))
        columns = tuple(
            (Bullets(self._say(name), tuple((one, _plain()) for one in found) or ((self._say("to_fill"), "soft"),)),)
            for name, found in parts
        )
        lead = self._say("timeline", quarter=plan.timeline)
        return Slide(self._title("next_quarter_planning"), columns, lead=lead)

    def _discussion(self) -> Slide:
        lines = tuple((one, _plain()) for one in self._questions)
        return Slide(self._title("open_discussion"), ((Bullets("", lines),),))

    @staticmethod
    def _notes(rows: Iterable[Compared]) -> tuple[str, ...]:
        return tuple(note(one.after) for one in rows)


def _tone(one: Point) -> Tone:
    return _TONES[one.compared.move] if one.compared is not None else ""


def _plain() -> Tone:
    return ""


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" … +{more}" if more > 0 else "")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
