-- id: wait_without_holder
-- title: tasks hang in a wait whose end nobody in memory answers for
-- cause: hang
-- severity: critical
-- confidence: 0.75
-- see: kernel/hung_task.c
-- see: Documentation/scheduler/completion.rst
SELECT
	-- of a lock the holder is missing; an event has none
	CASE WHEN io_tasks > 0 THEN 'Look for timeouts, resets and lost paths of the device in the log.'
		WHEN root_doing LIKE '%waiting for mutex%' OR root_doing LIKE '%waiting for rwsem%' OR root_doing LIKE '%waiting for semaphore%'
		THEN 'Who holds the lock is not known: look for who took it in the stacks of all tasks (a dump, or SysRq-t).'
		WHEN root_doing LIKE '%waiting for flag bit' THEN 'Whoever sets this bit has to clear it and call wake_up_bit(): look for who set it, and where he ends without that.'
		WHEN root_lock LIKE 'a change %' THEN 'Whoever changes this word last has to call wake_up_var(): look for who still holds a reference, and where he ends without giving it back.'
		WHEN EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump AND l.name = root_lock AND l.state LIKE 'initialised again%')
		THEN 'Look for init_completion() where somebody may still wait: reinit_completion() leaves the waiters in the list.'
		WHEN root_doing LIKE '%a free element of a mempool' THEN 'Look for who takes elements of that pool and needs one more before it gives any back: two levels of drivers need a pool each.'
		WHEN root_doing LIKE '%a frozen block queue' THEN 'Who froze the queue (blk_mq_freeze_queue()) did not let it go on: look for one without blk_mq_unfreeze_queue(), on an error path too.'
		WHEN root_doing LIKE '%the end of all references' THEN 'Somebody took a reference on the network device (dev_hold(), netdev_hold()) and does not give it back: a socket, a route, a module. CONFIG_NET_DEV_REFCNT_TRACKER tells who.'
		WHEN EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump AND l.unnamed AND l.name = root_lock)
		THEN 'It set its state and called schedule() itself: see whether it looks at what it waits for after it has set the state, and who is to wake it.'
		ELSE 'The wait is for an event, not a lock: find out which driver or device was to signal ' ||
			coalesce(root_comm || '/' || root_pid, 'it') || '.' END AS advice,
	headline || iif(EXISTS (SELECT 1 FROM missing m WHERE m.dump = :dump AND m.step IN ('pages', 'tasks', 'stacks')),
		', as far as memory can be read', '') AS because,
	-- without who is behind whom, where devices fill the line, or without where it sleeps
	CASE WHEN length(brief) <= 100 THEN brief
		WHEN instr(brief, '; ') THEN replace(substr(brief, 1, instr(brief, '; ') - 1), ' that has not ended', '')
		ELSE substr(brief, 1, instr(brief || ': asleep in ', ': asleep in ') - 1) END ||
		iif(io_tasks = 1 AND edges = 1 AND instr(brief, '; ') = 0, coalesce('; it is ' || root_comm || '/' || root_pid, ''), '')
		AS headline,
	-- who is to end it may be in what cannot be read; a sleep may be no wait, and a thread's own until there is
	-- work for it, as long as khungtaskd has not met it; references go a while after the device
	CASE WHEN EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump AND l.unnamed AND l.name = root_lock)
			THEN iif(victims = 1 AND EXISTS (SELECT 1 FROM task t JOIN task_frame f ON f.dump = t.dump AND f.stack = t.stack
				WHERE t.dump = :dump AND t.pid = root_pid AND f.symbol = 'kthread'
					AND coalesce(t.blocked_s, 0) < 120)
				AND NOT EXISTS (SELECT 1 FROM report r WHERE r.dump = :dump AND r.kind = 'hung_task' AND r.pid = root_pid),
			0.667, 0.75)
		WHEN root_doing LIKE '%the end of all references' AND NOT EXISTS (SELECT 1 FROM log_event e
			WHERE e.dump = :dump AND e.kind = 'netdev_refs') THEN 0.5
		-- any machine has tasks that have waited a moment for such a lock
		WHEN longest_s < 1 AND (root_doing LIKE '%waiting for mutex%' OR root_doing LIKE '%waiting for rwsem%')
			AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind = 'sysrq')
		THEN 0.6 ELSE 1.0 END *
	iif(EXISTS (SELECT 1 FROM missing m WHERE m.dump = :dump AND m.step IN ('pages', 'tasks', 'stacks')), 0.5, 1.0)
		AS confidence,
	finding
FROM waits
WHERE dump = :dump AND cycles = 0 AND NOT holder_known
		AND (moving IS NOT 1 OR EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind = 'hung_task'))
		AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind IN ('hung_task', 'sysrq'));
