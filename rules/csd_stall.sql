-- id: csd_stall
-- title: a CPU that does not answer an inter-processor call
-- cause: lockup
-- severity: critical
-- confidence: 0.8
-- see: kernel/smp.c
SELECT
	'Look at what ' || coalesce('CPU ' || cpu, 'the CPU that is waited for') || ' runs' ||
		coalesce(' (' || function || ')', '') || ': it keeps interrupts off.' AS advice,
	coalesce('the log says: ' || message, 'the log reports a CPU that does not answer') AS because,
	'CPU ' || coalesce(cpu, '?') || ' does not answer inter-processor calls' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'csd_stall';
