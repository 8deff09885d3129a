-- id: silent_cpu
-- title: a CPU that does not answer, and those that wait for it
-- cause: lockup
-- severity: critical
-- confidence: 0.95
-- see: kernel/smp.c
-- see: Documentation/admin-guide/lockup-watchdogs.rst
SELECT
	iif(raised, 'See why ' || symbol || '()' || coalesce(' [' || module || ']', '') ||
		' raises its irq work again each time it has run: a timer, or a work item, would leave the CPU to others.',
		'Look at ' || coalesce(symbol || '()' || coalesce(' [' || module || ']', '') || ', which runs on CPU ', 'what CPU ') || cpu ||
			iif(symbol IS NULL, ' runs', '') || ': what does it keep ' || iif(interrupts_off, 'interrupts', 'interrupts or preemption') ||
			' off for? Whoever waits for that CPU, or noticed, is not to blame.') ||
			iif((SELECT c.source FROM crash c WHERE c.dump = :dump) = 'memory', char(10) ||
				'triage show --stack has what each CPU ran: the panic came by the one that noticed.', '') AS advice,
	why AS because, brief AS headline, confidence, finding
FROM silent_cpu
WHERE dump = :dump AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
	AND c.kind IN ('soft_lockup', 'hard_lockup', 'rcu_stall', 'hung_task', 'nmi', 'sysrq', 'csd_stall',
		'workqueue_lockup'));
