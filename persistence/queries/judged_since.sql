-- judged_since, version 1: the first evaluation of the book that was kept: before it nothing was predicted.
SELECT MIN(at) AS at
FROM health_score
WHERE backfill = FALSE
