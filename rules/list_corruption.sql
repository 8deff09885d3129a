-- id: list_corruption
-- title: a list whose nodes do not point at each other
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.8
-- advice: Look at the three addresses of the message: a node that was freed while it was on the list is the usual reason, a list changed without its lock the next.
-- see: lib/list_debug.c
-- The kernel proves that the list is broken; by what is open, hence not all of the confidence.
SELECT
	'the log says: ' || e.text || coalesce('; ' || b.headline, '') AS because,
	'broken list' || coalesce(c.culprit_code || ': ' || b.brief, ': ' ||
		-- The addresses stand in the reason: here who met it has to find room.
		CASE WHEN length(c.met) > 60 AND instr(e.text, 'corruption') > 0
			THEN substr(e.text, 1, instr(e.text, 'corruption') + 9) ELSE e.text END || c.met) AS headline,
	CASE WHEN c.kind = 'warn' OR c.message LIKE '%list_debug.c%' OR c.message LIKE 'list\_%' ESCAPE '\' OR c.symbol LIKE '\_\_list\_%' ESCAPE '\'
		THEN 1 ELSE 0.85 END AS confidence,
	e.finding, c.finding AS finding2
-- Where no caller is known, the check itself is nobody's name.
FROM log_event e JOIN (SELECT *, iif(culprit IS NULL AND context IS NOT NULL AND symbol LIKE '\_\_list\_%' ESCAPE '\',
	task, culprit_place) AS met FROM crash) c ON c.dump = e.dump LEFT JOIN blamed b ON b.dump = e.dump
WHERE e.dump = :dump AND e.kind = 'list_corruption' AND e.text NOT LIKE '%LIST_POISON%'
	AND c.kind IN ('bug', 'warn', 'panic', 'unknown')
ORDER BY e.finding DESC LIMIT 1;
