-- id: kasan_double_free
-- title: KASAN caught a second free
-- cause: double_free
-- severity: critical
-- confidence: 0.97
-- advice: The log has both stacks, of the first free and of the second.
-- rules-out: Hardware: KASAN's shadow memory says that the object was free.
-- see: Documentation/dev-tools/kasan.rst
SELECT
	'the log says: ' || e.text AS because,
	'double free, by KASAN: ' || replace(substr(e.text, 1, instr(e.text || ' at addr ', ' at addr ') - 1),
		'BUG: KASAN: ', '') ||
		-- The report's own words name the function already.
		iif(instr(e.text, c.symbol), iif(instr(c.place, ', '), substr(c.place, instr(c.place, ', ')), ''),
			c.place) AS headline,
	-- What another task did at the same time may have nothing to do with it.
	CASE WHEN EXISTS (SELECT 1 FROM report r WHERE r.dump = :dump AND r.kind = 'kasan'
			AND r.message = e.text AND (r.pid <> c.pid OR r.pid IS NULL AND c.kind <> 'kasan'))
			THEN 0.45
		WHEN c.kind IN ('panic', 'warn', 'bug', 'unknown') THEN 1 ELSE 0.85 END AS confidence,
	e.finding, c.finding AS finding2
FROM log_event e JOIN crash c ON c.dump = e.dump
WHERE e.dump = :dump AND e.kind = 'kasan' AND (e.text LIKE '%double-free%' OR e.text LIKE '%invalid-free%')
ORDER BY e.finding LIMIT 1;
