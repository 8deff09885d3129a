-- id: double_fault
-- title: a fault while entering a fault handler
-- cause: unknown
-- severity: critical
-- confidence: 0.5
-- advice: Look at the stack pointer: a stack that overflowed or was overwritten is the usual reason.
-- see: arch/x86/kernel/traps.c
SELECT
	'the CPU met a second exception while delivering the first' AS because,
	'double fault' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'double_fault';
