-- id: stack_pointer
-- title: a CPU goes on with a stack pointer that leads to no stack
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.98
-- rules-out: The address it was sent to, and registers that hold nothing: it popped them off memory that is no stack.
-- see: arch/x86/entry/entry_64.S
-- see: arch/x86/kernel/process_64.c
SELECT
	iif(b.overwritten, 'Look for who writes to a task_struct, thread.sp of ' || b.who || ': it slept when that happened.',
		'Look for who loads the stack pointer' || coalesce(' in ' || c.function, '') || ', and from where: inline assembly, a saved frame.') AS advice,
	b.headline AS because,
	iif(b.overwritten, 'saved stack pointer of ' || b.who || ' overwritten: it leads to ',
		'stack pointer' || coalesce(' in ' || c.function, '') || ' leads to no stack: ') ||
		coalesce(b.cache || ' object ' || b.start, b.address) || iif(b.overwritten, '', c.task) AS headline,
	min(b.confidence, c.confidence) * 1.0 AS confidence, b.finding, c.finding AS finding2
FROM (SELECT *, headline LIKE '%was overwritten%' AS overwritten,
		substr(headline, instr(headline, ' when ') + 6, instr(headline, ' went to sleep') - instr(headline, ' when ') - 6) AS who
	FROM blamed WHERE dump = :dump AND what = 'stack_pointer') b JOIN crash c ON c.dump = b.dump
WHERE c.kind IN ('null_dereference', 'page_fault', 'general_protection', 'double_fault', 'invalid_opcode', 'stack_segment');
