-- id: call_unloaded
-- title: a call into the memory of a module that is no longer loaded
-- cause: use_after_free
-- severity: critical
-- confidence: 0.9
-- advice: The module left a pointer behind when it was unloaded: a timer, work item, notifier or operation it did not take back in its exit function.
-- see: kernel/module/main.c
-- Code that BPF's compiler or a tracer made lies in the same region, and may be gone as well.
SELECT
	'the CPU was sent to ' || b.target || ', in the memory for modules, where none is loaded' ||
		coalesce('; unloaded before, with taints of their own: ' || b.unloaded_tainted, '') AS because,
	b.brief || iif(length(b.brief) < 85, c.task, '') AS headline,
	b.confidence * CASE WHEN b.last_unloaded IS NULL THEN 0.8 ELSE 1.0 END AS confidence,
	b.finding, c.finding AS finding2
FROM bad_call b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.way = 'call' AND b.kind = 'unloaded';
