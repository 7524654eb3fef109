-- churn_told, version 1: every departure and return that the churn feed told of, up to a day.
SELECT customer, day, COALESCE(reactivation, FALSE) AS reactivation
FROM churn_event
WHERE day <= :last
ORDER BY customer, day, reactivation, id
