-- id: null_offset
-- title: access far from a NULL pointer: an element of an array or a large structure
-- cause: null_dereference
-- severity: critical
-- confidence: 0.8
-- advice: A large structure or an array was indexed through a NULL pointer; look for the base register's origin.
SELECT
	'the fault address ' || fault_address ||
		' is not in the first page but within the first 64 KiB, where nothing is mapped' AS because,
	'NULL pointer ' || coalesce(access, 'access') || ' with a large offset, ' ||
		fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('page_fault', 'general_protection') AND fault_class = 'null_offset';
