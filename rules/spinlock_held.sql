-- id: spinlock_held
-- title: CPUs spin for a lock that is not given back
-- cause: lockup
-- severity: critical
-- confidence: 0.95
-- see: kernel/locking/qspinlock.c
-- see: Documentation/locking/spinlocks.rst
SELECT
	CASE WHEN headline LIKE '%and holds it itself' THEN 'It takes a lock that it holds, or that the code it interrupted holds: such code has to keep interrupts or softirqs off while it does (spin_lock_irqsave(), spin_lock_bh()).'
		WHEN headline LIKE '% is no lock any more: %' THEN 'Who spins has kept a pointer to what is gone: its memory, or its stack, is used for something else.'
		WHEN headline LIKE '%held by %' THEN 'The likely holder is ranked by what its code did before it stopped; see triage show --locks.'
		ELSE 'No CPU is seen to hold the lock: who took it may have slept, ended or lost it.' END AS advice,
	-- how it is called, and who spins for it, says the headline
	iif(headline LIKE '% is no lock any more: %', 'the word there is none that such a lock ever has' || coalesce('; it is in: ' || owner, ''),
		headline) || coalesce('; ' || (SELECT h.why FROM holder h WHERE h.dump = :dump AND h.lock = address AND h.why IS NOT NULL
		ORDER BY h.confidence DESC LIMIT 1), '') AS because,
	iif(length(brief) <= 100, brief, replace(replace(replace(replace(brief, ' spins for it, ', ' spins, '), ' spin for it, ', ' spin, '),
		' of a task that has ended is', ' of an ended task is'), ', running on CPU ', ' on CPU ')) AS headline,
	CASE WHEN headline LIKE '%and holds it itself' THEN 'deadlock'
		WHEN headline LIKE '% is no lock any more: %' THEN 'memory_corruption' ELSE 'lockup' END AS cause,
	-- Where its holder waits for the spinner in its turn, that is the news.
	-- a variable does not go away: a word of one that is none is more likely damage of another sort
	CASE WHEN headline LIKE '%and holds it itself' THEN 1.0
		WHEN headline LIKE '% is no lock any more: %' AND coalesce(owner, '') NOT LIKE 'stack of %' AND
			coalesce(owner, '') NOT LIKE '% object %' THEN 0.45
		ELSE max(confidence, 0.85) END *
		iif(headline NOT LIKE '%and holds it itself' AND EXISTS (SELECT 1 FROM waits w WHERE w.dump = :dump AND
			w.cycles > 0 AND w.confidence >= 0.5 AND instr(w.headline, lock.name)), 0.7, 1.0) AS confidence, finding
FROM (SELECT *,
	-- without how its CPU came to its end
	CASE WHEN headline LIKE '%, in %() is no lock any more: %'
		THEN substr(headline, 1, instr(headline, ', in ') - 1) || substr(headline, instr(headline, ' is no lock any more'))
	WHEN length(headline) > 100 AND instr(headline, '(), ') THEN substr(headline, 1, instr(headline, '(), ') + 1)
	ELSE headline END AS brief FROM lock) lock
-- A log tells less than memory: there the CPU that spins is the news, unless a holder is known.
WHERE dump = :dump AND (headline LIKE '%held by %' OR headline LIKE '%holds it itself' OR
		EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.source = 'memory'))
		AND code = 'lock.spinlock' AND address IS NOT NULL
		AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
		AND c.kind IN ('soft_lockup', 'hard_lockup', 'rcu_stall', 'nmi', 'sysrq'));
