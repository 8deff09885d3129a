-- id: stack_overflow
-- title: the kernel stack overflowed
-- cause: stack_overflow
-- severity: critical
-- confidence: 0.95
-- advice: See the repeating frames: unbounded recursion, or a function with a large frame.
-- see: arch/x86/mm/fault.c
-- see: include/linux/sched/task_stack.h
SELECT
	iif(why LIKE 'the stack pointer %', why,
		'the stack pointer ran into the guard page below the task''s stack') AS because,
	'kernel stack overflow' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'stack_overflow';
