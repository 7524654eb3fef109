-- outreach, version 1: personal messages sent within a period, and when they were answered.
SELECT customer, sent_at, answered_at
FROM outreach_message
WHERE sent_at >= :start AND sent_at < :stop
