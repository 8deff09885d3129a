-- id: panic
-- title: panic() called by the kernel's own code
-- cause: assertion
-- severity: critical
-- confidence: 0.5
-- advice: Read the panic message and the function that called panic().
SELECT
	'panic() was called' || coalesce(' by ' || symbol, '') || ', not by a fault handler or watchdog' AS because,
	'panic: ' || coalesce(reason, 'panic()') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'panic';
