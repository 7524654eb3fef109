-- csat_scores, version 2: satisfaction 1..5 told of a closed ticket or in a CSAT survey, by when it was told.
SELECT customer, COALESCE(csat_at, closed) AS at, csat AS score
FROM ticket
WHERE csat IS NOT NULL AND COALESCE(csat_at, closed) >= :start AND COALESCE(csat_at, closed) < :stop
UNION ALL
SELECT customer, submitted_at AS at, score
FROM survey_response
WHERE kind = 'csat' AND submitted_at >= :start AND submitted_at < :stop
