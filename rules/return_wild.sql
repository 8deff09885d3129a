-- id: return_wild
-- title: a function returned by an address that was overwritten
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.95
-- advice: Something wrote over the stack: look at the arrays on it of the function named and of those it calls, and at who was given pointers to them.
-- rules-out: A wrong function pointer: no call through a pointer stands where this one would have to.
-- see: kernel/panic.c
-- see: arch/x86/mm/fault.c
SELECT
	'RIP is ' || b.target || ', and the word that the stack pointer leads to is no return address of a call through a pointer' AS because,
	'stack overwritten: ' || b.brief || iif(length(b.brief) < 85, c.task, '') AS headline,
	b.confidence, b.finding, c.finding AS finding2
FROM bad_call b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.way = 'return';
