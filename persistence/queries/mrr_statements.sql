-- mrr_statements, version 1: what events said of amounts, but for what an import already knew.
SELECT s.customer, s.kind, s.at, s.event_id, s.mrr
FROM mrr_statement s
JOIN customer c ON c.id = s.customer
WHERE c.imported_at IS NULL OR s.at > c.imported_at
ORDER BY s.customer, s.at, s.event_id
