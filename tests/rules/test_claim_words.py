"""Claims in free words are found, in both languages; ordinary words are left alone."""

import pytest

from models.report import ClaimKind
from rules.claim_words import hidden_claims

C, N, R, H, W, F = (
    ClaimKind.CHURN_IS, ClaimKind.NPS_IMPROVED, ClaimKind.COHORT_RETENTION_IS, ClaimKind.USERS_ARE_HAPPY,
    ClaimKind.WILL_ACHIEVE, ClaimKind.FIGURE_IS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Our churn is 3.5%.", [C]),
        ("Churn fell\nto 3,5 % this quarter", [C]),
        ("Solo un 2 % de abandono", [C]),
        ("La tasa de cancelación fue del 4 por ciento", [C]),
        ("NPS improved a lot", [N]),
        ("El NPS ha mejorado", [N]),
        ("We see a better NPS", [N]),
        ("Retention stands at 95%", [R]),
        ("un 90 % de retención", [R]),
        ("Our users are happy", [H]),
        ("Los clientes están muy satisfechos", [H]),
        ("Happy customers everywhere", [H]),
        ("This will reduce cancellations", [W]),
        ("Garantizamos que mejorará", [W]),
        ("Automation rose to 40%", [F]),
        ("We called every customer in October.", []),
        ("Se revisaron las encuestas y las bajas del trimestre.", []),
        ("The NPS survey went to all accounts; see the table for what it says.", []),
        ("In 2024-12 two imports were repeated.", []),
    ],
)
def test_hidden_claims(text: str, kinds: list[ClaimKind]) -> None:
    assert hidden_claims(text) == kinds
