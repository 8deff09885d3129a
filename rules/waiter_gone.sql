-- id: waiter_gone
-- title: a wait queue has an entry of somebody who waits no more
-- cause: use_after_free
-- severity: critical
-- confidence: 0.93
-- rules-out: The function that wakes: it calls whom it finds in the queue.
-- see: kernel/sched/wait.c
-- see: include/linux/wait.h
SELECT
	'Look for who puts himself into ' || coalesce('wait queue ' || queue, 'this wait queue') ||
		' (add_wait_queue(), prepare_to_wait()) and ends or returns without remove_wait_queue() or finish_wait().' AS advice,
	'waking up calls the function of each entry of the queue; the one of this entry is ' || target || '; ' ||
		entry AS because,
	'entry of ' || coalesce('wait queue ' || queue, 'a wait queue') || ' is gone: call to ' || target || by AS headline,
	confidence, finding, finding2
FROM (SELECT b.target, b.confidence, b.finding, h.finding AS finding2, h.headline AS entry,
	coalesce(c.culprit_code, ' in __wake_up_common') AS by,
	-- the queue's head is at hand to the function that walks it: a variable by its own name
	(SELECT substr(o.symbol, 1, instr(o.symbol, '+0x0') - 1) FROM object o WHERE o.dump = :dump
		AND (o.symbol LIKE '%+0x0' OR o.symbol LIKE '%+0x0 %') AND o."where" LIKE 'stack of __wake_up_common() %'
		AND EXISTS (SELECT 1 FROM object r WHERE r.dump = :dump AND (r."where" NOT LIKE 'stack of %' OR
			r."where" LIKE 'stack of __wake_up_common() %') AND r.symbol LIKE
			substr(o.symbol, 1, instr(o.symbol, '+0x0') - 1) || '+0x8%')
		LIMIT 1) AS queue
	FROM bad_call b JOIN crash c ON c.dump = b.dump JOIN bad_holder h ON h.dump = b.dump
	WHERE b.dump = :dump AND b.way = 'call' AND instr(b.headline, ', in __wake_up_common+')
		-- or on a stack that no task has any more
		AND (h.owner = 'stack' OR h.state = 'free' OR h.headline LIKE '%stack of a task that has ended%'))
LIMIT 1;
