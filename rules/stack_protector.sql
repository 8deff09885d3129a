-- id: stack_protector
-- title: a function found its stack frame overwritten
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.9
-- see: kernel/panic.c
-- see: arch/x86/include/asm/stackprotector.h
SELECT
	'Look at ' || coalesce('what ' || d.given_to || '() writes to the buffer that ' || d.function || '() gave it.',
			'the arrays on the stack of ' || coalesce(c.function, 'the function that returned') ||
			', and at what its callees were given pointers to.') AS advice,
	'the canary behind a function''s locals was changed when it returned' ||
		coalesce(': ' || d.headline, '') AS because,
	'stack overwritten' || coalesce(c.culprit_code || ': ' || iif(instr(d.headline, ', "'),
		replace(substr(d.headline, instr(d.headline, ', "') + 2),
			', from a buffer of its own on, which it gave to ', '; buffer given to '),
		d.headline), c.culprit_place) AS headline,
	c.confidence, coalesce(d.finding, c.finding) AS finding, c.finding AS finding2
FROM crash c LEFT JOIN stack_damage d ON d.dump = c.dump
WHERE c.dump = :dump AND c.kind = 'stack_protector';
