-- id: panic
-- title: panic() called by the kernel's own code
-- cause: assertion
-- severity: critical
-- confidence: 0.5
-- see: kernel/panic.c
-- see: Documentation/admin-guide/sysctl/kernel.rst
SELECT
	'Read the panic message' || coalesce(', and how ' || function || ' came to it', '') || '.' AS advice,
	'the log says: ' || coalesce(message, 'Kernel panic') ||
		coalesce('; ' || symbol || '() called panic()', '; who called panic() is not known') AS because,
	'panic: ' || coalesce(reason, 'panic()') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'panic';
