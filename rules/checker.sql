-- id: checker
-- title: a checker of the kernel met code that breaks a rule
-- cause: assertion
-- severity: warning
-- confidence: 0.8
-- see: Documentation/dev-tools/kcsan.rst
-- see: Documentation/dev-tools/ubsan.rst
-- see: Documentation/dev-tools/kmemleak.rst
-- see: kernel/irq/spurious.c
SELECT
	'The kernel went on: the report says what is not allowed there; begin with ' ||
		coalesce(function, 'the function that it names') || '.' AS advice,
	coalesce('the log says: ' || message, 'the log has the call trace of a report of the kernel''s, and not its first line') AS because,
	-- KCSAN's own words name both functions.
	-- the task that a timer or an interrupt came upon is innocent
	iif(kind = 'scheduling_while_atomic' AND context IN ('timer', 'hrtimer', 'irq', 'softirq', 'tasklet', 'rcu_callback'),
		'BUG: scheduling while atomic', coalesce(message, replace(kind, '_', ' '))) || iif(kind = 'kcsan' AND instr(message, ' in '), task, culprit_place) AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('kcsan', 'ubsan', 'debug_object',
	'sleeping_in_atomic', 'scheduling_while_atomic', 'preemptible', 'memory_leak', 'irq_nobody_cared');
