-- nps_answers, version 1: every NPS answer submitted from a moment to another.
SELECT id, survey, customer, score, submitted_at, themes, followed_up
FROM survey_response
WHERE kind = 'nps' AND submitted_at >= :start AND submitted_at <= :as_of
ORDER BY submitted_at, id
