-- csat_scores, version 1: satisfaction 1..5 told with a closed ticket or in a CSAT survey, within a period.
SELECT customer, closed AS at, csat AS score
FROM ticket
WHERE csat IS NOT NULL AND closed >= :start AND closed < :stop
UNION ALL
SELECT customer, submitted_at AS at, score
FROM survey_response
WHERE kind = 'csat' AND submitted_at >= :start AND submitted_at < :stop
