-- active_days, version 1: days on which an account used a feature, within a stretch of days (both inclusive).
SELECT DISTINCT customer, day
FROM usage_event
WHERE count > 0 AND day >= :first AND day <= :last
