-- id: trap
-- title: an exception that no kernel code expects
-- cause: assertion
-- severity: critical
-- confidence: 0.6
-- advice: Look at the instruction: a breakpoint that was left behind, or code that was overwritten.
SELECT
	coalesce(message, 'a trap') AS because,
	coalesce(message, 'trap') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('trap', 'int3');
