-- predicted_to_leave, version 1: open churn signals of high severity, and customers in stage at_risk, at a moment.
SELECT customer
FROM churn_signal
WHERE backfill = FALSE AND severity = 'high' AND detected_at <= :at AND (cleared_at IS NULL OR cleared_at > :at)
UNION
SELECT t.customer
FROM transition t
WHERE t.to_stage = 'at_risk' AND t.at <= :at AND NOT EXISTS (
    SELECT 1 FROM transition l WHERE l.customer = t.customer AND l.at > t.at AND l.at <= :at
)
