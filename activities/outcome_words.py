"""Outcomes as a mail to a colleague names them; one that is not here is named by its id, words apart."""

from models.enums import Language

_SPANISH = {
    "approved": "aprobado",
    "customer_stays": "el cliente se queda",
    "declined": "no renueva",
    "evaluating": "está comparando",
    "held": "se ha celebrado",
    "leaving": "se va",
    "no_answer": "no contesta",
    "no_mail": "no enviar nada",
    "not_needed": "ya no hace falta",
    "not_open": "no quiere hablarlo",
    "notes_recorded": "notas apuntadas",
    "nothing_to_send": "nada que enviar",
    "offer_rejected": "rechaza la oferta",
    "plan_recorded": "plan apuntado",
    "reached": "hemos hablado",
    "refused": "no quiere hablar",
    "renewed": "renueva",
    "reviewed": "revisado",
    "send_resolution": "enviar lo que se ha hecho",
    "send_status": "enviar cómo va",
    "staying": "se queda",
    "will_pay": "va a pagar",
}


def outcome_words(outcome: str, language: Language) -> str:
    """What the link of an outcome says."""
    plain = outcome.replace("_", " ")
    return _SPANISH.get(outcome, plain) if language is Language.ES else plain
