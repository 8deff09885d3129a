-- id: null_dereference
-- title: read, write or call through a NULL pointer
-- cause: null_dereference
-- severity: critical
-- confidence: 0.95
-- advice: Look at the function at the top of the stack: which pointer may be NULL there, and which caller passed it.
-- advice: If the function is a module's, report it to the module's maintainer with this verdict.
SELECT
	'the fault address ' || coalesce(fault_address, '') || ' lies in the first page: ' ||
		coalesce(instruction, 'the instruction') || ' went through a NULL pointer' AS because,
	'NULL pointer ' || coalesce(access, 'access') || ' at offset ' ||
		coalesce(fault_address, '?') || place AS headline,
	-- A NULL that was read out of a free object is the lesser news.
	confidence * CASE WHEN EXISTS (SELECT 1 FROM bad_holder b WHERE b.dump = :dump
		AND b.state = 'free' AND coalesce(b.member, '') <> 'free pointer') THEN 0.8 ELSE 1.0 END
		AS confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'null_dereference';
