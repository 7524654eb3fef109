-- logins, version 1: logins of any user of an account, within a period.
SELECT customer, at
FROM login
WHERE at >= :start AND at < :stop
