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
WHERE b.dump = :dump AND b.way = 'call' AND b.kind = 'unloaded'
UNION ALL
-- A log tells no more than that the CPU was sent to where modules lie, and that the kernel had no name for it.
SELECT
	'the kernel ran into ' || c.rip || ', which is in the memory for modules and of none that is loaded' ||
		coalesce('; the last one unloaded before was ' || s.last_unloaded, ''),
	coalesce('call into a module that is gone (likely ' || s.last_unloaded || ')', 'call likely into a module that is gone') || c.place,
	c.confidence * iif(s.last_unloaded IS NULL, 0.7, 0.8), c.finding, s.finding
FROM crash c LEFT JOIN system s ON s.dump = c.dump
WHERE c.dump = :dump AND c.source = 'log' AND c.symbol IS NULL
	AND c.rip BETWEEN '0xffffffffa0000000' AND '0xfffffffffeffffff'
	AND (c.kind = 'int3' OR c.kind = 'page_fault' AND c.access = 'execute')
	AND NOT EXISTS (SELECT 1 FROM bad_call b WHERE b.dump = c.dump);
