-- id: list_deleted_twice
-- title: a list node was deleted that was no longer on its list
-- cause: use_after_free
-- severity: critical
-- confidence: 0.92
-- advice: The node was list_del()ed before: look for a second deletion, or for one that is not protected by the list's lock.
-- rules-out: A stray write: LIST_POISON is what list_del() itself leaves.
-- see: include/linux/list.h
-- see: include/linux/poison.h
SELECT
	'the log says: ' || e.text || coalesce('; ' || b.headline, '') AS because,
	'list node ' || coalesce(b.address || ' deleted twice' || c.culprit_place,
		'deleted twice: ' || e.text || c.culprit_place) AS headline,
	CASE WHEN c.kind = 'warn' OR c.message LIKE '%list_debug.c%' OR c.message LIKE 'list\_%' ESCAPE '\' OR c.symbol LIKE '\_\_list\_%' ESCAPE '\'
		THEN 1 ELSE 0.85 END AS confidence,
	e.finding, c.finding AS finding2
FROM log_event e JOIN crash c ON c.dump = e.dump LEFT JOIN blamed b ON b.dump = e.dump
WHERE e.dump = :dump AND e.kind = 'list_corruption' AND e.text LIKE '%LIST_POISON%'
	AND c.kind IN ('bug', 'warn', 'panic', 'unknown')
ORDER BY e.finding DESC LIMIT 1;
