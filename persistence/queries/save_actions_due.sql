-- save_actions_due, version 1: steps of save plays that fell due within a period, with how and when each ended.
SELECT r.customer, s.step_id, s.status, s.due, s.ended
FROM run_step s
JOIN run r ON r.workflow_id = s.workflow_id
WHERE r.process = 'save' AND s.due >= :start AND s.due < :stop
ORDER BY r.workflow_id, s.step_id
