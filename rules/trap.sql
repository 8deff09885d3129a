-- id: trap
-- title: an exception that no other rule knows
-- cause: assertion
-- severity: critical
-- confidence: 0.6
-- advice: Look at the instruction: a breakpoint that was left behind, or code that was overwritten.
SELECT
	coalesce(message, 'the log has the end of an oops, not its beginning') AS because,
	coalesce(message, 'oops') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('trap', 'int3', 'oops');
