-- id: kthread_gone
-- title: kthread_stop() was given what is no thread of the kernel any more
-- cause: use_after_free
-- severity: critical
-- confidence: 0.93
-- advice: The thread had ended by itself, and its memory is another task's: who stops a thread needs a reference (get_task_struct()), or a thread that waits for kthread_should_stop().
-- see: kernel/kthread.c
-- rules-out: The task that has this memory now: nobody meant it.
SELECT
	'kthread_stop() checks that the task is a thread of the kernel, and ' || o.start || ' is none' AS because,
	'use after free: kthread_stop() of task_struct ' || o.start || ', no thread''s any more' || c.culprit_place AS headline,
	c.confidence, o.finding, c.finding AS finding2
FROM crash c JOIN object o ON o.dump = c.dump AND o."where" IN ('rdi', 'rbx') AND o.cache = 'task_struct' AND o."offset" = 0
WHERE c.dump = :dump AND c.kind = 'warn' AND c.symbol LIKE 'kthread\_stop%' ESCAPE '\'
LIMIT 1;
