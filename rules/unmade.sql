-- id: unmade
-- title: a wait queue, semaphore or work item is used that was never initialised
-- cause: null_dereference
-- severity: critical
-- confidence: 0.98
-- rules-out: The function that faulted or complained: it was given what nobody had made.
-- see: include/linux/wait.h
-- see: include/linux/workqueue.h
SELECT
	'Look for the way to ' || c.function || ' on which ' || b.maker || ' is not called before, or on which the object is cleared after.' AS advice,
	b.headline AS because,
	'never initialised: ' || b.words || coalesce(' in ' || b.cache || ' object ' || b.start, ' at ' || b.address) ||
		coalesce(', in ' || coalesce(c.culprit, c.symbol) || '()', '') AS headline,
	iif(c.kind IN ('warn', 'bug'), 'assertion', 'null_dereference') AS cause,
	min(b.confidence, c.confidence) * iif(b.state = 'free', 0.6, 1.0) AS confidence, b.finding, c.finding AS finding2
FROM (SELECT *, substr(headline, 5, instr(headline, ' at 0x') - 5) AS words,
		substr(headline, instr(headline, ' has zeros for a list: ') + 23, instr(headline, ' has not made it') -
			instr(headline, ' has zeros for a list: ') - 23) AS maker
	FROM blamed WHERE dump = :dump AND what = 'unmade') b JOIN crash c ON c.dump = b.dump
WHERE c.kind IN ('null_dereference', 'page_fault', 'warn', 'bug');
