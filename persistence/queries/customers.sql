-- customers, version 2: everyone as the customer record has them now, but for those merged into another.
SELECT id AS customer, stage, subscription_status, subscribed_at, mrr
FROM customer
WHERE NOT EXISTS (SELECT 1 FROM identity_merge m WHERE m.loser = customer.id AND m.undone_at IS NULL)
ORDER BY id
