-- nps_sends, version 1: every NPS survey sent up to a moment.
SELECT id AS survey, customer, trigger, sent_at, reminded_at, closed_at
FROM survey_send
WHERE kind = 'nps' AND sent_at <= :as_of
ORDER BY sent_at, id
