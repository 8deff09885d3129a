-- id: lockdep
-- title: lockdep met locks used in a way that can deadlock
-- cause: assertion
-- severity: warning
-- confidence: 0.8
-- advice: Nothing hangs yet: lockdep warns of an order of locks that will, when the other path runs at the same time.
-- advice: The report has the path of each lock: the order in one of them is the bug.
-- see: Documentation/locking/lockdep-design.rst
-- see: kernel/locking/lockdep.c
SELECT
	-- A headline that is too long is cut: then the reason has the locks.
	'lockdep says: ' || said || iif(length(headline) > 100 AND other IS NOT NULL,
		': ' || wanted || ' is taken, ' || other || ' is held', '') AS because,
	headline, confidence, finding
FROM (
SELECT
	brief || CASE
		WHEN wanted IS NULL THEN culprit_place
		WHEN other IS NULL THEN ': ' || wanted || culprit_place
		WHEN said LIKE '%inversion%' THEN ': ' || wanted || ', which took ' || other ||
			' before,' || culprit_place
		ELSE ': ' || wanted || ' is taken' || coalesce(culprit_code, coalesce(' in ' || symbol, '') ||
			coalesce(' [' || module || ']', '')) || ', while ' || other || ' is held' || task
		END AS headline,
	*
FROM (SELECT *, replace(replace(replace(said, 'possible ', ''), ' detected', ''), ' dependency', '') AS brief
	FROM (SELECT c.*, r.wanted, r.other, trim(replace(replace(replace(coalesce(c.message, c.kind), 'WARNING: ', ''),
		'INFO: ', ''), 'BUG: ', ''), '[] !') AS said
	FROM crash c LEFT JOIN report r ON r.dump = c.dump AND r.kind = c.kind AND r.message = c.message
	WHERE c.dump = :dump AND c.kind IN ('lockdep', 'bad_unlock')
	ORDER BY r.first_line LIMIT 1)));
