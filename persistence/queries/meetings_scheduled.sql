-- meetings_scheduled, version 1: meetings scheduled within a period and not cancelled.
SELECT customer, scheduled_at, attended
FROM meeting
WHERE scheduled_at >= :start AND scheduled_at < :stop AND cancelled_at IS NULL
