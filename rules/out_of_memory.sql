-- id: out_of_memory
-- title: no memory left, and the kernel panicked for it
-- cause: out_of_memory
-- severity: critical
-- confidence: 0.9
-- advice: See the memory table the OOM report printed in the log; look for the largest consumers and for leaks in slab.
-- see: mm/oom_kill.c
-- see: Documentation/admin-guide/sysctl/vm.rst
SELECT
	'the kernel panicked because it ran out of memory' || coalesce(': ' || c.reason, '') ||
		coalesce('; ' || u.queue_what || ' of ' || u.queue_task || ', of that group, hold ' || (u.queue_kib / 1024) || ' MiB', '') AS because,
	-- not the task that merely asked
	iif(o."constraint" = 'memcg' AND o.cgroup IS NOT NULL,
		'out of memory in cgroup ' || o.cgroup || coalesce(', limit ' || (o.limit_kb / 1024) || ' MiB', ''),
		coalesce(c.reason, 'out of memory')) || coalesce('; ' || o.eater, '') ||
		coalesce('; ' || u.queue_what || ' of ' || u.queue_task || ' hold ' || (u.queue_kib / 1024) || ' MiB', '') AS headline,
	iif(o."constraint" = 'memcg', 'The machine may have memory: it is the group that is at its limit, and vm.panic_on_oom=2 made that a panic.', NULL)
		AS advice,
	c.confidence, c.finding, o.finding AS finding2
FROM crash c LEFT JOIN oom o ON o.dump = c.dump AND o.end = 'panic'
	-- of a group, what nobody's memory is but counts for it
	LEFT JOIN memory_usage u ON u.dump = c.dump AND o."constraint" = 'memcg' AND u.queue_cgroup = o.cgroup
		AND u.queue_kib >= 0.4 * o.limit_kb
WHERE c.dump = :dump AND c.kind = 'out_of_memory' AND (c.message IS NULL OR c.message <> c.reason);
