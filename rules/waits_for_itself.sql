-- id: waits_for_itself
-- title: the function of a timer or tasklet waits until such a function has ended
-- cause: deadlock
-- severity: critical
-- confidence: 0.85
-- advice: What a timer's or a tasklet's function calls must not wait for it: use timer_delete() or hrtimer_try_to_cancel() there, and wait where it is torn down.
-- see: kernel/time/timer.c
-- see: kernel/softirq.c
SELECT
	context_function || '(), the function of a ' || context || ', waits in ' || symbol ||
		'() for such a function to end; its own does not while it waits' AS because,
	substr(culprit_code, 5) || ', a ' || context || '''s function, waits in ' || symbol || '(), likely for itself' AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('soft_lockup', 'hard_lockup') AND context IN ('timer', 'hrtimer', 'tasklet')
	AND culprit = context_function AND (symbol GLOB '*timer_delete_sync*' OR symbol GLOB '*del_timer_sync*'
		OR symbol GLOB 'hrtimer_cancel*' OR symbol GLOB 'tasklet_*');
