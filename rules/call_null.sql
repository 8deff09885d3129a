-- id: call_null
-- title: a call through a pointer that is NULL
-- cause: null_dereference
-- severity: critical
-- confidence: 0.97
-- advice: Find who was to set the pointer: an operation the driver does not have, or one called before it is registered or after it is gone.
-- see: arch/x86/mm/fault.c
SELECT
	'RIP is ' || b.target || ': ' || b.headline AS because,
	b.brief || iif(length(b.brief) < 85, c.task, '') AS headline,
	-- A NULL that was read out of a free object is the lesser news.
	b.confidence * CASE WHEN h.state = 'free' THEN 0.8
		-- so is a timer's: it was armed with a function
		WHEN b.place LIKE 'call\_timer\_fn+%' ESCAPE '\' OR b.place LIKE '\_\_run\_timers%' ESCAPE '\' OR
			b.place LIKE 'expire\_timers%' ESCAPE '\' THEN 0.85
		ELSE 1.0 END AS confidence,
	b.finding, c.finding AS finding2
FROM bad_call b JOIN crash c ON c.dump = b.dump LEFT JOIN bad_holder h ON h.dump = b.dump
WHERE b.dump = :dump AND b.way = 'call' AND b.kind = 'null'
LIMIT 1;
