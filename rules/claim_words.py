"""Claims hidden in free words, in English and Spanish: what section 18.3 forbids may not slip in as commentary."""

import re

from models.report import ClaimKind

_NUMBER = r"\d+(?:[.,]\d+)?\s*(?:%|per ?cent|por ciento|puntos|points)"
_PEOPLE = r"(?:users?|customers?|clients?|usuari[oa]s?|clientes?)"

_PATTERNS: tuple[tuple[ClaimKind, str], ...] = (
    (ClaimKind.CHURN_IS, rf"\b(?:churn|attrition|abandono|cancelaci[oó]n|bajas)\b.{{0,60}}?{_NUMBER}"),
    (ClaimKind.CHURN_IS, rf"{_NUMBER}.{{0,40}}?\b(?:churn|attrition|abandono|cancelaci[oó]n)\b"),
    (
        ClaimKind.NPS_IMPROVED,
        r"\bnps\b.{0,60}?\b(?:improv\w*|rose|ris(?:es|ing|en)|increas\w*|grew|better|higher|mejor\w*|subi\w*|sube\w*|"
        r"aument\w*|creci\w*)",
    ),
    (ClaimKind.NPS_IMPROVED, r"\b(?:improv\w*|better|higher|mejor\w*|mayor)\b.{0,40}?\bnps\b"),
    (ClaimKind.COHORT_RETENTION_IS, rf"\b(?:retention|retenci[oó]n|retained|retenid[oa]s)\b.{{0,60}}?{_NUMBER}"),
    (ClaimKind.COHORT_RETENTION_IS, rf"{_NUMBER}.{{0,40}}?\b(?:retention|retenci[oó]n|retained|retenid[oa]s)\b"),
    (
        ClaimKind.USERS_ARE_HAPPY,
        rf"\b{_PEOPLE}\b.{{0,40}}?\b(?:happy|happier|satisfied|delighted|love|felices|content[oa]s|satisfech\w*|"
        r"encantad\w*)",
    ),
    (ClaimKind.USERS_ARE_HAPPY, rf"\b(?:happy|satisfied|delighted|felices|satisfech\w*)\b.{{0,20}}?\b{_PEOPLE}\b"),
    (
        ClaimKind.WILL_ACHIEVE,
        r"\b(?:will|guarantee\w*|promise\w*|garantiza\w*|prometemos|lograremos|conseguiremos)\b.{0,60}?"
        r"\b(?:improv\w*|increas\w*|reduc\w*|grow\w*|double\w*|mejor\w*|aument\w*|crec\w*|duplic\w*)",
    ),
    (ClaimKind.FIGURE_IS, _NUMBER),
)


def hidden_claims(text: str) -> list[ClaimKind]:
    """The kinds of claim the words make; a percentage in free words claims something in any case."""
    found = [kind for kind, pattern in _PATTERNS if re.search(pattern, text, re.IGNORECASE | re.DOTALL)]
    kinds = list(dict.fromkeys(found))
    return [kind for kind in kinds if kind is not ClaimKind.FIGURE_IS] or kinds
