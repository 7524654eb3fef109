-- customers, version 1: everyone, as the customer record has them now.
SELECT id AS customer, stage, subscription_status, subscribed_at, mrr
FROM customer
ORDER BY id
