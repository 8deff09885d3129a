-- id: warn
-- title: WARN() with panic_on_warn
-- cause: assertion
-- severity: critical
-- confidence: 0.9
-- advice: panic_on_warn is set: the kernel would have gone on. Read the condition at the named line.
SELECT
	'panic_on_warn turned a WARN() into a panic' || coalesce(': ' || message, '') AS because,
	'WARN() with panic_on_warn set' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'warn';
