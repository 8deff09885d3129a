-- id: cut_off
-- title: a report whose first lines are not in the log
-- cause: unknown
-- severity: critical
-- confidence: 0.3
-- advice: The lines before it tell the kind, the address and the instruction: look for the rest in the console's log, an older file, or pstore.
-- see: Documentation/admin-guide/serial-console.rst
-- see: Documentation/admin-guide/ramoops.rst
SELECT
	'the log begins within a report: of which kind it was, an oops or a warning, is not in it' ||
		coalesce('; CR2 holds ' || fault_address || ', if it was a page fault', '') AS because,
	'cut off: the report begins before the log does' || coalesce('; its call trace leads to ' || function, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'oops';
