-- customer_groups, version 1: stage, segment, plan and manager of everyone as they are now, but for those merged into another.
SELECT customer.id AS customer, customer.stage, customer.segment, customer.plan, customer.csm_id, csm.name AS csm_name
FROM customer
LEFT JOIN csm ON csm.id = customer.csm_id
WHERE NOT EXISTS (SELECT 1 FROM identity_merge m WHERE m.loser = customer.id AND m.undone_at IS NULL)
ORDER BY customer.id
