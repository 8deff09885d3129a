-- id: task_part
-- title: a part of the task's own was gone, or never there
-- cause: null_dereference
-- severity: critical
-- confidence: 0.97
-- rules-out: An argument: the pointer stands in the task_struct of the task that crashed.
-- see: include/linux/sched.h
-- see: kernel/exit.c
SELECT
	iif(ends.at IS NOT NULL, 'do_exit() gives the task''s parts back one after the other: what runs at its end, the release of a file too, finds them gone. ' ||
		'Let ' || coalesce(c.function, 'the function') || ' keep what it needs when the task still has it.',
		'See whether ' || coalesce(c.function, 'the function') || ' may run in a thread of the kernel, which has no mm and none of a program''s files, or after the task gave that part back.')
		AS advice,
	b.headline || iif(ends.at IS NOT NULL, '; the task is in do_exit()', '') AS because,
	'NULL ' || substr(b.headline, 1, instr(b.headline, ' of ') - 1) || iif(ends.at IS NOT NULL, ' of an ending task', '') ||
		coalesce(' ' || c.access, ' used') || c.place AS headline,
	c.confidence, b.finding, c.finding AS finding2
FROM blamed b JOIN crash c ON c.dump = b.dump,
	(SELECT (SELECT f.position FROM frame f WHERE f.dump = :dump AND f.symbol = 'do_exit' LIMIT 1) AS at) ends
WHERE b.dump = :dump AND b.what = 'task_part' AND c.kind = 'null_dereference';
