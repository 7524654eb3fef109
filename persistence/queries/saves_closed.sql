-- saves_closed, version 1: save plays that ended within a period, with how many of their steps failed.
SELECT r.workflow_id, r.customer, r.status, r.ended,
       (SELECT COUNT(*) FROM run_step s WHERE s.workflow_id = r.workflow_id AND s.status = 'failed') AS failed
FROM run r
WHERE r.process = 'save' AND r.ended >= :start AND r.ended < :stop
ORDER BY r.workflow_id
