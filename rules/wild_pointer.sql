-- id: wild_pointer
-- title: access through a pointer that points nowhere
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.6
-- advice: A pointer wrong in one or two bits points to memory errors: check EDAC and MCE logs.
SELECT
	CASE access WHEN 'execute' THEN 'the kernel jumped to ' || coalesce(fault_address, '?')
		ELSE 'the kernel''s ' || coalesce(access, 'access') || ' of ' || coalesce(fault_address, '?') ||
		' page-faulted' END ||
		CASE fault_class
		WHEN 'read_only' THEN ': that page is there, and read-only'
		WHEN 'not_executable' THEN ': that page is there, and holds no code'
		WHEN 'reserved_bit' THEN ': a reserved bit is set in the page tables that lead there'
		WHEN 'hole' THEN ': nothing of the kernel is ever mapped there'
		WHEN 'direct_map_beyond' THEN ': the direct map has no memory there'
		WHEN 'non_canonical' THEN ': that is no address'
		ELSE coalesce(', an address of its ' || replace(fault_class, '_', ' '), '') END ||
		iif(access = 'execute', '', coalesce('; the address was made of ' || address_from, '')) AS because,
	CASE WHEN fault_class = 'read_only' THEN 'write to read-only memory: ' || coalesce(fault_address, '?')
		WHEN access = 'execute' THEN 'wild jump to ' || coalesce(fault_address, '?') ||
			iif(fault_class = 'not_executable', ', which holds no code', '')
		ELSE 'wild pointer' || coalesce(': ' || coalesce(access, 'access') || ' of ' || fault_address, '') END ||
		place AS headline,
	CASE source WHEN 'log' THEN 'A dump would tell what owns the address and where the bad pointer was read from; of the log see triage analyze --memory: registers, and the code before.'
		ELSE 'See where the bad pointer was read from (triage show --memory) and whether the object that held it is otherwise sound.' END
		AS advice,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'page_fault'
		AND coalesce(fault_class, '') NOT IN ('null_offset', 'null_minus_offset', 'list_poison', 'slab_poison',
		'error_pointer', 'user');
