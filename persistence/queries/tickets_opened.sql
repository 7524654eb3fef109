-- tickets_opened, version 1: who opened tickets within a period, and when the first of them.
SELECT customer, MIN(opened) AS first
FROM ticket
WHERE opened >= :start AND opened < :stop
GROUP BY customer
ORDER BY customer
