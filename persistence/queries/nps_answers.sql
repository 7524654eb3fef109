-- nps_answers, version 2: every NPS answer submitted from a moment to another, with who of the account answered.
SELECT id, survey, customer, respondent, score, submitted_at, COALESCE(late, FALSE) AS late, themes, followed_up
FROM survey_response
WHERE kind = 'nps' AND submitted_at >= :start AND submitted_at <= :as_of
ORDER BY submitted_at, id
