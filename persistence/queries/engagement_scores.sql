-- engagement_scores, version 2: the last engagement of each customer that is not churned, none older than a moment; nobody merged into another.
SELECT s.customer, s.score, s.level, s.at
FROM engagement_score s
JOIN customer c ON c.id = s.customer
WHERE s.backfill = FALSE AND (c.stage IS NULL OR c.stage <> 'churned') AND s.at = (
    SELECT MAX(l.at) FROM engagement_score l
    WHERE l.customer = s.customer AND l.backfill = FALSE AND l.at <= :as_of AND l.at >= :start
) AND NOT EXISTS (SELECT 1 FROM identity_merge m WHERE m.loser = s.customer AND m.undone_at IS NULL)
ORDER BY s.customer
