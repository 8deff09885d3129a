-- id: task_put
-- title: a task's last reference is given back, and it still runs
-- cause: use_after_free
-- severity: critical
-- confidence: 0.98
-- advice: Pair each put_task_struct() with a get_task_struct(): one gives back what it has not taken.
-- see: kernel/fork.c
-- see: include/linux/sched/task.h
SELECT
	b.headline AS because,
	'task ' || substr(b.headline, 6, instr(b.headline, ' has not ended') - 6) || ' freed while it still runs' || c.culprit_code || c.task AS headline,
	min(b.confidence, c.confidence) AS confidence, b.finding, c.finding AS finding2
FROM blamed b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.what = 'task' AND c.kind = 'warn';
