-- id: wild_pointer
-- title: access through a pointer that points nowhere
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.6
-- advice: See where the bad pointer was read from (triage show --memory) and whether the object that held it is otherwise sound.
-- advice: A pointer wrong in one or two bits points to memory errors: check EDAC and MCE logs.
SELECT
	'a kernel ' || coalesce(access, 'access') || ' to ' || coalesce(fault_address, '?') ||
		' (' || coalesce(fault_class, 'unknown') || ') page-faulted' AS because,
	'wild pointer: ' || coalesce(access, 'access') || ' of ' || coalesce(fault_address, '?') ||
		place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'page_fault'
		AND coalesce(fault_class, '') NOT IN ('null_offset', 'list_poison', 'slab_poison',
		'error_pointer', 'user');
