-- id: trap
-- title: an exception that no other rule knows
-- cause: unknown
-- severity: critical
-- confidence: 0.5
-- see: arch/x86/kernel/traps.c
SELECT
	'Look at the instruction' || coalesce(' in ' || function, '') ||
		', and whether it is the one in the kernel''s file: code may have been overwritten.' AS advice,
	'the log says: ' || coalesce(message, kind) AS because,
	coalesce(message, kind) || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'trap';
