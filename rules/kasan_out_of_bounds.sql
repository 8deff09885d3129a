-- id: kasan_out_of_bounds
-- title: KASAN caught an access beyond an object
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.97
-- advice: The log has who allocated the object and which access left it.
-- rules-out: Hardware: KASAN's shadow memory says where the object ends.
-- see: Documentation/dev-tools/kasan.rst
SELECT
	'the log says: ' || e.text AS because,
	'access out of bounds, by KASAN: ' || replace(substr(e.text, 1, instr(e.text || ' at addr ', ' at addr ') - 1),
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
WHERE e.dump = :dump AND e.kind = 'kasan' AND e.text LIKE '%out-of-bounds%'
ORDER BY e.finding LIMIT 1;
