-- id: kasan_use_after_free
-- title: KASAN caught a use after free
-- cause: use_after_free
-- severity: critical
-- confidence: 0.97
-- advice: The log has who allocated the object, who freed it, and who used it after: see the report's stacks.
-- rules-out: Hardware: KASAN's shadow memory says that the object was free.
-- see: Documentation/dev-tools/kasan.rst
-- A report that did not end the kernel by itself may be another bug than the one that did.
SELECT
	'the log says: ' || e.text AS because,
	'use after free, by KASAN: ' || replace(substr(e.text, 1, instr(e.text || ' at addr ', ' at addr ') - 1),
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
WHERE e.dump = :dump AND e.kind = 'kasan' AND e.text LIKE '%use-after-free%'
ORDER BY e.finding LIMIT 1;
