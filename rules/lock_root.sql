-- id: lock_root
-- title: many wait for a lock whose holder does not let go
-- cause: hang
-- severity: critical
-- confidence: 0.85
-- advice: triage show --locks has all locks, and who waits for them in which order.
-- see: kernel/hung_task.c
-- see: Documentation/locking/locktypes.rst
SELECT
	iif(victims = 1, '1 task waits', coalesce(victims, 0) || ' tasks wait') ||
		', directly or through others, for ' || coalesce(root_comm || '/' || root_pid, 'pid ' || root_pid,
		iif(root_ended, 'a task that has ended', 'a task whose pid is not known')) ||
		CASE WHEN root_ended THEN iif(root_pid IS NULL, '', ', which has ended')
			WHEN root_left THEN ', which has the lock and is in no call that took it' ELSE ', ' || root_doing END ||
		iif(root_doing LIKE '%waiting for%' AND EXISTS (SELECT 1 FROM missing m WHERE m.dump = :dump
			AND m.step IN ('pages', 'tasks', 'stacks')), '; for whom is not known, as not all of memory can be read', '') ||
		coalesce('; ' || (SELECT h.why FROM holder h JOIN lock l ON l.dump = h.dump AND l.address = h.lock
			WHERE h.dump = :dump AND l.name = root_lock AND h.pid = root_pid AND h.confidence <= 0.5 LIMIT 1), '')
		AS because,
	brief AS headline,
	CASE WHEN root_ended THEN 'Look for a way to end with the lock in hand: a return or an exit without giving it back.'
		WHEN root_left THEN 'Look for a way out of the system call that took the lock on which it is not given back: an error path, most often. The stack of ' ||
			coalesce(root_comm || '/' || root_pid, 'the holder') || ' does not show that call any more.'
		ELSE
		coalesce(root_comm || '/' || root_pid, 'The task at the root') || ' holds up all others: ' ||
		iif(brief LIKE '%whose stack the log does not show%',
		'a dump, or SysRq-t in time, would show where it is.', 'see its stack, and what it waits for itself.') END AS advice,
	-- what the root waits for itself may be in what cannot be read: then it is not the root; of a holder who is not
	-- sure the lock is, and that tasks wait for it is more than that a dump was asked for
	max(confidence, 0.58) * CASE WHEN moving IS NULL THEN 0.4
		-- any machine has tasks that have waited a moment for such a lock
		WHEN longest_s < 1 AND NOT root_ended AND (root_doing LIKE '%waiting for mutex%' OR root_doing LIKE '%waiting for rwsem%')
			AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind = 'sysrq') THEN 0.6
		WHEN root_doing LIKE '%waiting for%' AND EXISTS (SELECT 1 FROM missing m WHERE m.dump = :dump
			AND m.step IN ('pages', 'tasks', 'stacks')) THEN 0.6
		ELSE 1.0 END AS confidence, finding
FROM waits
WHERE dump = :dump AND cycles = 0 AND holder_known
		AND (moving IS NOT 1 OR EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind = 'hung_task'))
		AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
		AND c.kind IN ('hung_task', 'panic', 'sysrq', 'nmi', 'unknown'));
