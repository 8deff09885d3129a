-- id: panic
-- title: panic() called by the kernel's own code
-- cause: assertion
-- severity: critical
-- confidence: 0.5
-- advice: Read the panic message and the function that called panic().
SELECT
	coalesce(message, 'panic()') || coalesce(', called from ' || symbol, '') AS because,
	coalesce(message, 'panic()') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'panic';
