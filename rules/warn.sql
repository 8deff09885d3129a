-- id: warn
-- title: WARN() with panic_on_warn
-- cause: assertion
-- severity: critical
-- confidence: 0.9
-- advice: panic_on_warn is set: the kernel would have gone on. Read the condition at the named line.
SELECT
	'panic_on_warn turned a WARN() into a panic' || coalesce(': ' || message, '') AS because,
	'WARN() with panic_on_warn set' || place AS headline,
	-- Which check it was says more than that it was one.
	confidence * CASE WHEN EXISTS (SELECT 1 FROM log_event e WHERE e.dump = :dump
		AND e.kind IN ('refcount', 'list_corruption', 'kasan')) THEN 0.7 ELSE 1.0 END
		AS confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'warn';
