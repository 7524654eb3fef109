-- onboardings_started, version 1: onboardings that started within a period.
SELECT customer, cycle, program, started, status, finished, first_value
FROM customer_onboarding
WHERE started >= :start AND started < :stop
ORDER BY customer, cycle
