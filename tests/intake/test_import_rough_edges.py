"""Rough edges of CSV files: each is taken as stated, or refused with its line and reason; never guessed at."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from intake.csv.mapping import Mapping
from intake.csv.parsed import ParsedBook
from intake.csv.tally import Tally
from models.book import BookTicket, BookUsage
from models.errors import BadInput

MAPPING: dict[str, object] = {
    "source": "tiny",
    "encoding": "utf-8",
    "delimiter": ",",
    "empty_values": ["n/a"],
    "zone": "Europe/Madrid",
    "booleans": {"are_true": ["yes"], "are_false": ["no"]},
    "numbers": {"decimal_mark": ",", "thousands_mark": "."},
    "currency": "EUR",
    "plans": {"Basic": "starter", "Pro": "pro"},
    "segment": "by_plan",
    "trial_days": 14,
    "overlaps": "sum",
    "repeated_usage_ids": "distinct_by_row",
    "service_ends_by": "subscription_end_dates",
    "files": {
        "accounts": {
            "file": "accounts.csv",
            "columns": {"id": "id", "name": "name", "email": "email", "timezone": "zone", "plan": "plan"},
        },
        "subscriptions": {
            "file": "subscriptions.csv",
            "columns": {
                "id": "id", "account": "account", "started": {"column": "from", "format": "%d-%m-%Y"},
                "ended": {"column": "to", "format": "%d-%m-%Y"}, "plan": "plan", "mrr": "mrr",
                "currency": "currency", "is_trial": "trial", "seats": "seats",
            },
        },
        "usage": {
            "file": "usage.csv",
            "columns": {"id": "id", "subscription": "sub", "day": "day", "feature": "feature", "count": "n"},
        },
        "tickets": {
            "file": "tickets.csv",
            "columns": {"id": "id", "account": "account", "opened": "opened", "closed": "closed", "csat": "csat"},
        },
    },
}  # fmt: skip

FILES = {
    "accounts.csv": "id,name,email,zone,plan\nA-1,Uno,ana@example.com,Europe/Madrid,Basic\nA-2,Dos,,n/a,Pro\n",
    "subscriptions.csv": "id,account,from,to,plan,mrr,currency,trial,seats\n"
    'S-1,A-1,04-12-2024,,Basic,"1.049,50",EUR,no,3\n',
    "usage.csv": "id,sub,day,feature,n\nU-1,S-1,2024-12-05,chat,4\n",
    "tickets.csv": 'id,account,opened,closed,csat\nT-1,A-1,2024-12-05,2024-12-05 10:30:00,"4,0"\n',
}

Book = Callable[..., ParsedBook]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def make(*, mapping: dict[str, object] | None = None, **changes: str | bytes) -> ParsedBook:
        for name, text in FILES.items():
            given = changes.get(name.removesuffix(".csv"), text)
            (tmp_path / name).write_bytes(given if isinstance(given, bytes) else given.encode())
        return ParsedBook(tmp_path, Mapping.model_validate(MAPPING | (mapping or {})))

    return make


def usage(parsed: ParsedBook) -> list[BookUsage]:
    assert parsed.usage is not None
    return list(parsed.usage.values(Tally("", [])))


def tickets(parsed: ParsedBook) -> list[BookTicket]:
    assert parsed.tickets is not None
    return list(parsed.tickets.values(Tally("", [])))


def refusals(parsed: ParsedBook, file: str) -> list[tuple[int, str, str]]:
    return [(refused.line, refused.column, refused.reason) for refused in parsed.tally(file).refused]


def test_a_clean_book_is_read_as_its_mapping_says(book: Book) -> None:
    parsed = book()
    assert parsed.subscriptions["S-1"].started == date(2024, 12, 4)
    assert parsed.subscriptions["S-1"].mrr == Decimal("1049.50")
    assert parsed.accounts["A-1"].timezone == "Europe/Madrid"
    assert tickets(parsed)[0].opened == datetime(2024, 12, 4, 23, 0, tzinfo=UTC)
    assert tickets(parsed)[0].closed == datetime(2024, 12, 5, 9, 30, tzinfo=UTC)
    assert tickets(parsed)[0].csat == 4


def test_empty_values_are_unknown(book: Book) -> None:
    dos = book().accounts["A-2"]
    assert (dos.email, dos.timezone) == (None, None)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order mark"])
def test_a_byte_order_mark_and_either_newline_change_nothing(book: Book, mark: bytes, newline: str) -> None:
    parsed = book(accounts=mark + FILES["accounts.csv"].replace("\n", newline).encode())
    assert sorted(parsed.accounts) == ["A-1", "A-2"]
    assert parsed.tally("accounts.csv").refused == []


HEAD = "id,account,from,to,plan,mrr,currency,trial,seats\nS-1,A-1,01-01-2024,,Basic,1,EUR,no,3\n"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("S-2,A-1,2024-12-04,,Basic,1,EUR,no,3", "from", "expected a date written as %d-%m-%Y"),
        ("S-2,A-1,31-02-2024,,Basic,1,EUR,no,3", "from", "expected a date written as %d-%m-%Y"),
        ("S-2,A-1,01-01-0024,,Basic,1,EUR,no,3", "from", "its year is outside 1990 to 2200"),
        ("S-2,A-1,,,Basic,1,EUR,no,3", "from", "is empty"),
        (",A-1,01-01-2024,,Basic,1,EUR,no,3", "id", "is empty"),
        ("S-2,A-9,01-01-2024,,Basic,1,EUR,no,3", "", "no account 'A-9' was loaded"),
        ("S-2,A-1,01-02-2024,01-01-2024,Basic,1,EUR,no,3", "", "ends before it starts"),
        ("S-2,A-1,01-01-2024,,Gold,1,EUR,no,3", "plan", "the mapping does not name it; it names Basic, Pro"),
        ("S-2,A-1,01-01-2024,,Basic,-1,EUR,no,3", "mrr", "expected a number such as 1234,5"),
        ("S-2,A-1,01-01-2024,,Basic,1.5,EUR,no,3", "mrr", "expected a number such as 1234,5"),
        ('S-2,A-1,01-01-2024,,Basic,"1,005",EUR,no,3', "mrr", "has more than 2 decimals"),
        ("S-2,A-1,01-01-2024,,Basic,NaN,EUR,no,3", "mrr", "expected a number such as 1234,5"),
        ("S-2,A-1,01-01-2024,,Basic,٣,EUR,no,3", "mrr", "expected a number such as 1234,5"),
        (
            "S-2,A-1,01-01-2024,,Basic,1,USD,no,3",
            "currency",
            "is not the mapping's currency EUR; nothing is converted",
        ),
        ("S-2,A-1,01-01-2024,,Basic,1,,no,3", "currency", "is empty"),
        ("S-2,A-1,01-01-2024,,Basic,1,EUR,maybe,3", "trial", "expected one of yes, no"),
        ('S-2,A-1,01-01-2024,,Basic,1,EUR,no,"3,5"', "seats", "expected a whole number"),
        ("S-2,A-1,01-01-2024,,Basic,1,EUR,no", "", "has 8 cells; the header has 9"),
        ("S-2,A-1,01-01-2024,,Basic,1,EUR,no,3,4", "", "has 10 cells; the header has 9"),
        ("S-2,A-1,01-01-2024,,Ba\x00sic,1,EUR,no,3", "plan", "contains a NUL character"),
        (f"S-2,A-1,01-01-2024,,{'x' * 20_001},1,EUR,no,3", "plan", "longer than 20000 characters"),
        ("S-1,A-1,02-01-2024,,Basic,1,EUR,no,3", "", "has the id of line 2 and is not the same"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_line_and_reason(
    book: Book, row: str, column: str, reason: str
) -> None:
    parsed = book(subscriptions=f"{HEAD}{row}\nS-3,A-1,01-01-2024,,Basic,1,EUR,no,3\n")
    assert refusals(parsed, "subscriptions.csv") == [(3, column, reason)]
    assert sorted(parsed.subscriptions) == ["S-1", "S-3"]


def test_bytes_of_another_encoding_are_refused_not_replaced(book: Book) -> None:
    parsed = book(accounts=FILES["accounts.csv"].replace("Dos", "Niño").encode("cp1252"))
    assert refusals(parsed, "accounts.csv") == [(3, "name", "contains bytes that are not in the stated encoding")]


def test_a_utf16_file_is_refused_whole(book: Book) -> None:
    with pytest.raises(BadInput, match=r"accounts\.csv: is UTF-16"):
        book(accounts=FILES["accounts.csv"].encode("utf-16"))


def test_lines_are_physical_also_after_a_quoted_line_break(book: Book) -> None:
    parsed = book(accounts=FILES["accounts.csv"] + 'A-3,"Tres\nmás",,,Basic\n\nA-4,Cuatro,not-an-address,,Basic\n')
    (first, column, _), last = refusals(parsed, "accounts.csv")
    assert (first, column) == (4, "name")
    assert last == (7, "email", "expected an address such as ana@example.com")


def test_a_quote_that_never_ends_is_refused_and_not_swallowed_silently(book: Book) -> None:
    parsed = book(accounts=FILES["accounts.csv"] + 'A-3,"Tres,,,Basic\nA-4,Cuatro,,,Basic\n')
    [(line, _, reason)] = refusals(parsed, "accounts.csv")
    assert line == 4
    assert "not CSV up to line 5" in reason


def test_an_id_like_an_address_is_refused(book: Book) -> None:
    parsed = book(accounts=FILES["accounts.csv"] + "ana@example.com,Tres,,,Basic\n")
    [(line, column, reason)] = refusals(parsed, "accounts.csv")
    assert (line, column) == (4, "id")
    assert "looks like an e-mail address" in reason


@pytest.mark.parametrize("day", ["04-12-2024", "12/04/2024", "4.12.24", "2024/12/04"])
def test_a_date_whose_order_the_mapping_does_not_state_is_refused(book: Book, day: str) -> None:
    parsed = book(usage=FILES["usage.csv"] + f"U-2,S-1,{day},chat,1\n")
    [(line, column, reason)] = refusals(parsed, "usage.csv")
    assert (line, column) == (3, "day")
    assert "order of day, month and year is not stated" in reason


def test_rows_that_are_wholly_the_same_count_once(book: Book) -> None:
    parsed = book(accounts=FILES["accounts.csv"] + "A-2,Dos,,n/a,Pro\n")
    tally = parsed.tally("accounts.csv")
    assert (tally.read, tally.valid, tally.repeated, tally.refused) == (3, 2, 1, [])


COLLIDING = "U-1,S-1,2024-12-06,chat,9\nU-1,S-1,2024-12-05,chat,4\n"


def test_a_repeated_usage_id_is_another_row_where_the_mapping_says_so(book: Book) -> None:
    parsed = book(usage=FILES["usage.csv"] + COLLIDING)
    tally = parsed.tally("usage.csv")
    assert [row.count for row in usage(parsed)] == [4, 9]
    assert (tally.valid, tally.repeated, tally.refused) == (2, 1, [])


def test_a_repeated_usage_id_is_refused_where_the_mapping_says_so(book: Book) -> None:
    parsed = book(
        usage=FILES["usage.csv"] + COLLIDING,
        mapping={"repeated_usage_ids": "keep_first_identical_refuse_rest"},
    )
    assert [row.count for row in usage(parsed)] == [4]
    assert refusals(parsed, "usage.csv") == [(3, "", "has the id of line 2 and is not the same")]
    assert parsed.tally("usage.csv").repeated == 1


def test_usage_of_the_same_day_and_feature_with_other_figures_is_refused(book: Book) -> None:
    parsed = book(usage=FILES["usage.csv"] + "U-1,S-1,2024-12-05,chat,5\n")
    assert refusals(parsed, "usage.csv") == [(3, "", "has the id of line 2 and is not the same")]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"accounts": ""}, "accounts.csv:1: is empty"),
        ({"accounts": "id,name,name,email,zone,plan\n"}, "accounts.csv:1: two columns are called 'name'"),
        ({"accounts": "id,name,email,zone\n"}, "has no column 'plan', which the mapping names for files.accounts"),
        ({"usage": FILES["usage.csv"].replace("S-1", "S-9")}, "every one of its 1 rows is refused; the first:"),
    ],
)
def test_a_file_of_which_nothing_can_be_loaded_stops_the_import(book: Book, changes: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        book(**changes)
    assert says in str(caught.value)


def test_columns_that_the_mapping_does_not_name_are_listed(book: Book) -> None:
    parsed = book(accounts="id,name,email,zone,plan,shoe_size\nA-1,Uno,,,Basic,43\n")
    assert parsed.tally("accounts.csv").report().ignored_columns == ("shoe_size",)
