"""The words of a review in each language. Codes and metrics that have no words here are a defect a test finds."""

from models.enums import Language

ES, EN = Language.ES, Language.EN

METRICS = {
    "automation_rate": {ES: "Automatización", EN: "Automation rate"},
    "avg_response_time_minutes": {ES: "Tiempo de respuesta (min)", EN: "Response time (min)"},
    "csat": {ES: "CSAT", EN: "CSAT"},
    "conversations_handled": {ES: "Conversaciones atendidas", EN: "Conversations handled"},
    "active_users": {ES: "Usuarios activos", EN: "Active users"},
    "actions_performed": {ES: "Acciones", EN: "Actions"},
    "support_tickets": {ES: "Tickets abiertos", EN: "Tickets opened"},
    "avg_resolution_hours": {ES: "Resolución media (h)", EN: "Average resolution (h)"},
}

TITLES = {
    "executive_summary": {ES: "Resumen ejecutivo", EN: "Executive summary"},
    "versus": {ES: "Este trimestre frente al anterior", EN: "This quarter against the last"},
    "value_delivered": {ES: "Valor entregado", EN: "Value delivered"},
    "product_usage": {ES: "Uso del producto", EN: "Product usage"},
    "support_review": {ES: "Soporte", EN: "Support review"},
    "success_plan_review": {ES: "Plan de éxito", EN: "Success plan review"},
    "next_quarter_planning": {ES: "Próximo trimestre", EN: "Next quarter"},
    "open_discussion": {ES: "Conversación abierta", EN: "Open discussion"},
}

PHRASES = {
    "review": {ES: "Revisión trimestral", EN: "Quarterly business review"},
    "meeting": {ES: "Reunión del {date} · {minutes} minutos", EN: "Meeting of {date} · {minutes} minutes"},
    "attendees": {ES: "Asistentes: {names}", EN: "Attendees: {names}"},
    "no_attendees": {ES: "Asistentes por confirmar", EN: "Attendees to be confirmed"},
    "draft": {ES: "BORRADOR: sin aprobar, no compartir", EN: "DRAFT: not approved, do not share"},
    "approved": {ES: "Aprobado por {by} el {date}", EN: "Approved by {by} on {date}"},
    "highlights": {ES: "Lo más destacado", EN: "Highlights"},
    "challenges": {ES: "Retos", EN: "Challenges"},
    "recommendations": {ES: "Recomendaciones", EN: "Recommendations"},
    "none_challenges": {ES: "Ningún reto detectado en los datos", EN: "The data shows no challenge"},
    "none_recommendations": {ES: "Nada que recomendar desde los datos", EN: "The data suggests nothing"},
    "metric": {ES: "Métrica", EN: "Metric"},
    "before": {ES: "Antes", EN: "Before"},
    "baseline": {ES: "Punto de partida", EN: "Baseline"},
    "now": {ES: "Ahora", EN: "Now"},
    "change": {ES: "Cambio", EN: "Change"},
    "changes": {ES: "Cambio a mejor o a peor", EN: "Change for better or worse"},
    "cannot_tell": {ES: "no se puede saber", EN: "cannot tell"},
    "roi": {ES: "Retorno, con los datos acordados", EN: "Return, by the agreed numbers"},
    "time_saved": {ES: "Tiempo ahorrado", EN: "Time saved"},
    "cost_saved": {ES: "Coste ahorrado", EN: "Cost saved"},
    "revenue_impact": {ES: "Impacto en ingresos", EN: "Revenue impact"},
    "by_month": {ES: "Acciones por mes", EN: "Actions by month"},
    "features": {ES: "Funciones", EN: "Features"},
    "used": {ES: "Usadas: {names}", EN: "Used: {names}"},
    "unused": {ES: "Sin uso en 30 días: {names}", EN: "Not used in 30 days: {names}"},
    "all_used": {ES: "Todas las del plan se usan", EN: "All of the plan's are used"},
    "features_unknown": {ES: "No se sabe qué funciones incluye el plan", EN: "The plan's features are not known"},
    "trend_increasing": {ES: "El uso sube", EN: "Use is increasing"},
    "trend_stable": {ES: "El uso se mantiene", EN: "Use is stable"},
    "trend_decreasing": {ES: "El uso baja", EN: "Use is decreasing"},
    "trend_unknown": {ES: "No se puede saber hacia dónde va el uso", EN: "Where the use goes cannot be told"},
    "by_severity": {ES: "Tickets por gravedad", EN: "Tickets by severity"},
    "moved": {ES: "Qué ha mejorado y qué ha empeorado", EN: "What got better and what got worse"},
    "nothing_moved": {ES: "Ningún cambio claro", EN: "No clear change"},
    "no_plan": {ES: "Todavía no hay un plan de éxito.", EN: "There is no success plan yet."},
    "plan_is_a_draft": {ES: "El plan de éxito aún es un borrador.", EN: "The success plan is still a draft."},
    "criterion": {ES: "Criterio", EN: "Criterion"},
    "target": {ES: "Objetivo", EN: "Target"},
    "status": {ES: "Estado", EN: "Status"},
    "stated_by": {ES: "según {by}", EN: "stated by {by}"},
    "completed": {ES: "Completadas", EN: "Completed"},
    "in_progress": {ES: "En curso", EN: "In progress"},
    "blocked": {ES: "Bloqueadas", EN: "Blocked"},
    "upcoming": {ES: "Previstas", EN: "Upcoming"},
    "goals": {ES: "Objetivos", EN: "Goals"},
    "initiatives": {ES: "Iniciativas", EN: "Initiatives"},
    "success_metrics": {ES: "Métricas de éxito", EN: "Success metrics"},
    "to_fill": {ES: "Se completa en la reunión", EN: "To be filled in the meeting"},
    "timeline": {ES: "Para {quarter}", EN: "For {quarter}"},
    "permission": {ES: "con permiso: {permission}", EN: "with permission: {permission}"},
    "nothing_told": {ES: "Sin datos en el trimestre", EN: "Nothing was told in the quarter"},
}

POINTS = {
    "improved": {ES: "{metric} mejora de {before} a {after}", EN: "{metric} improved from {before} to {after}"},
    "stated": {ES: "{metric}: {after}", EN: "{metric}: {after}"},
    "unknown": {ES: "{metric}: no se puede saber", EN: "{metric}: cannot tell"},
    "component_low": {ES: "Salud baja en {subject}", EN: "Low health in {subject}"},
    "criterion_at_risk": {ES: "Criterio en riesgo: {subject}", EN: "Criterion at risk: {subject}"},
    "criterion_missed": {ES: "Criterio no alcanzado: {subject}", EN: "Criterion missed: {subject}"},
    "initiative_blocked": {ES: "Iniciativa bloqueada: {subject}", EN: "Blocked initiative: {subject}"},
    "below_baseline": {
        ES: "{metric} por debajo del punto de partida: {before} a {after}",
        EN: "{metric} below its baseline: {before} to {after}",
    },
    "churn_signal": {ES: "Señal de riesgo: {subject}", EN: "Open risk signal: {subject}"},
    "adoption_training": {ES: "Formación para usar más funciones", EN: "Training on feature adoption"},
    "advocacy_candidate": {ES: "Compartir su historia de éxito", EN: "Share their success story"},
    "expansion": {ES: "Hablar de cómo crecer juntos", EN: "Talk about growing together"},
    "upgrade": {ES: "Revisar el plan: los límites están cerca", EN: "Review the plan: limits are near"},
    "act_on_component_low": {ES: "Plan de acción para {subject}", EN: "Agree an action for {subject}"},
    "act_on_criterion_at_risk": {ES: "Encauzar «{subject}»", EN: "Bring '{subject}' back on track"},
    "act_on_criterion_missed": {ES: "Fijar un nuevo objetivo para «{subject}»", EN: "Set a new target for '{subject}'"},
    "act_on_initiative_blocked": {ES: "Desbloquear «{subject}»", EN: "Unblock '{subject}'"},
    "act_on_below_baseline": {ES: "Entender por qué baja {metric}", EN: "Understand why {metric} fell"},
    "act_on_churn_signal": {ES: "Tratar en la reunión: {subject}", EN: "Address in the meeting: {subject}"},
    "better": {ES: "{metric} mejora: {before} a {after}", EN: "{metric} got better: {before} to {after}"},
    "worse": {ES: "{metric} empeora: {before} a {after}", EN: "{metric} got worse: {before} to {after}"},
}

STATUSES = {
    "on_track": {ES: "en camino", EN: "on track"},
    "at_risk": {ES: "en riesgo", EN: "at risk"},
    "achieved": {ES: "alcanzado", EN: "achieved"},
    "missed": {ES: "no alcanzado", EN: "missed"},
    "": {ES: "no se puede saber", EN: "cannot tell"},
}


SEVERITIES = {
    "low": {ES: "baja", EN: "low"},
    "medium": {ES: "media", EN: "medium"},
    "high": {ES: "alta", EN: "high"},
    "critical": {ES: "crítica", EN: "critical"},
    "unknown": {ES: "sin indicar", EN: "not told"},
}


def phrase(name: str, language: Language, **values: object) -> str:
    """One phrase, its values inserted literally."""
    return _filled(PHRASES[name][language], values)


def _filled(text: str, values: dict[str, object]) -> str:
    """One pass: a value that looks like a placeholder stays what it is."""
    return text.format_map({name: str(value) for name, value in values.items()})
