-- open_discrepancies, version 1: where a connected source disagrees with us and nobody settled it.
SELECT source, kind, object, customer, ours, theirs
FROM discrepancy
WHERE found_at <= :as_of AND (resolved_at IS NULL OR resolved_at > :as_of)
ORDER BY source, kind, object
