-- id: null_offset
-- title: access at an offset from a NULL pointer
-- cause: null_dereference
-- severity: critical
-- confidence: 0.8
-- see: arch/x86/mm/fault.c
-- see: Documentation/admin-guide/bug-hunting.rst
SELECT
	'Look for where ' || coalesce(function, 'the function at the top of the stack') ||
		' took the pointer from: it was NULL.' AS advice,
	'the fault address ' || fault_address || CASE WHEN fault_address < '0x0000000000001000'
		THEN ' lies in the first page, where nothing is mapped'
		ELSE ' is not in the first page but within the first 64 KiB, where nothing is mapped: a large structure or an array was indexed through NULL' END
		AS because,
	'NULL pointer ' || coalesce(access, 'access') || CASE WHEN fault_address < '0x0000000000001000'
		THEN ' at offset ' ELSE ' with a large offset, ' END || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('page_fault', 'general_protection') AND fault_class = 'null_offset';
