-- id: null_dereference
-- title: read, write or call through a NULL pointer
-- cause: null_dereference
-- severity: critical
-- confidence: 0.95
-- see: arch/x86/mm/fault.c
-- see: Documentation/admin-guide/bug-hunting.rst
SELECT
	iif(access = 'execute', 'the CPU was sent to ' || coalesce(fault_address, 'address 0') ||
		': a function pointer was NULL',
		coalesce(accessed_by, 'the instruction') || ' used ' ||
		iif(pointer > '0x0000000000000000', 'the near-NULL pointer 0x' || ltrim(substr(pointer, 3), '0'),
			'a NULL pointer') ||
		coalesce(', loaded from ' || (SELECT coalesce(b.type || '.' || b.member, 'byte ' || b."offset" ||
			' of a ' || b.cache || ' object') FROM bad_holder b WHERE b.dump = :dump), '') ||
		coalesce('; the address it accessed is 0x' || coalesce(nullif(ltrim(substr(fault_address, 3), '0'), ''), '0'), '')) AS because,
	iif(access = 'execute', 'call through a NULL pointer' ||
		iif(fault_address > '0x0000000000000000', ', to ' || fault_address, ''),
		'NULL pointer ' || coalesce(access, 'access') || coalesce(' at offset ' || fault_address, '')) ||
		place AS headline,
	iif(access = 'execute', 'Look at ' || coalesce(function, 'the caller') ||
		': which of its function pointers may be NULL there, and who should have set it?',
		'Look at ' || coalesce(function, 'the function at the top of the stack') ||
		': which pointer may be NULL there, and which caller passed it?') ||
		coalesce(char(10) || 'Report it to the maintainer of ' || culprit_module || ' with this verdict.', '')
		AS advice,
	-- A NULL that was read out of a free object is the lesser news.
	confidence * CASE WHEN EXISTS (SELECT 1 FROM bad_holder b WHERE b.dump = :dump
		AND b.state = 'free' AND coalesce(b.member, '') <> 'free pointer') THEN 0.8
		-- What nobody had made, and what was popped off no stack, is zero by itself.
		WHEN EXISTS (SELECT 1 FROM blamed b WHERE b.dump = :dump AND b.what IN ('unmade', 'stack_pointer')) THEN 0.7
		-- And an object at hand that holds other data as a whole says where it comes from.
		WHEN EXISTS (SELECT 1 FROM object_sanity s WHERE s.dump = :dump AND s.damage = 'whole_object') THEN 0.6
		-- Nor is it sure of what was read by way of a free object.
		WHEN EXISTS (SELECT 1 FROM object o WHERE o.dump = :dump AND o.used AND o.state = 'free') THEN 0.5 ELSE 1.0 END
		AS confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'null_dereference'
	AND coalesce(fault_class, '') NOT IN ('error_pointer', 'null_minus_offset')
	-- call_null and its like say it of a call
	AND NOT EXISTS (SELECT 1 FROM bad_call b WHERE b.dump = :dump);
