-- id: wild_pointer
-- title: access through a pointer that points nowhere
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.6
-- advice: A pointer wrong in one or two bits points to memory errors: check EDAC and MCE logs.
-- see: arch/x86/mm/fault.c
SELECT
	iif(access = 'execute', 'the kernel jumped to ' || coalesce(fault_address, '?') || ': ', '') ||
		CASE fault_class
		WHEN 'read_only' THEN 'the page at ' || coalesce(fault_address, '?') || ' is read-only' || coalesce(': ' || o.symbol, '')
		WHEN 'not_executable' THEN 'the page at ' || coalesce(fault_address, '?') || ' holds no code'
		WHEN 'reserved_bit' THEN 'a reserved bit is set in the page tables that lead to ' || coalesce(fault_address, '?')
		WHEN 'hole' THEN 'the address ' || coalesce(fault_address, '?') || ' is in a range where the kernel maps nothing'
		WHEN 'direct_map_beyond' THEN 'the address ' || coalesce(fault_address, '?') || ' is in the direct map, past the end of memory'
		WHEN 'vmalloc' THEN 'the address ' || coalesce(fault_address, '?') || ' is in the range of vmalloc(), where nothing is mapped' ||
			iif(o.kind = 'vmalloc' AND o.symbol IS NOT NULL, '; the area there is of ' || o.symbol, '')
		WHEN 'non_canonical' THEN coalesce(fault_address, '?') || ' is no valid address'
		ELSE 'the kernel could not ' || iif(access IN ('read', 'write'), access, 'reach') || ' the address ' ||
			coalesce(fault_address, '?') || coalesce(', which is in the ' || iif(fault_class = 'module', 'memory for modules', replace(fault_class, '_', ' ')), '') END ||
		iif(access = 'execute', '', coalesce('; it was made of ' || address_from, '')) AS because,
	CASE WHEN fault_class = 'read_only' THEN 'write to read-only memory: ' || coalesce(o.symbol, fault_address, '?')
		WHEN fault_class = 'vmalloc' THEN 'wild pointer: ' || coalesce(access, 'access') || ' of vmalloc memory that is not mapped, ' ||
			fault_address
		WHEN access = 'execute' THEN 'wild jump to ' || coalesce(fault_address, '?') ||
			iif(fault_class = 'not_executable', ', which holds no code', '')
		ELSE 'wild pointer' || coalesce(': ' || coalesce(access, 'access') || ' of ' || fault_address, '') END ||
		place AS headline,
	CASE source WHEN 'log' THEN 'A dump would tell what owns the address and where the bad pointer was read from; of the log see triage analyze --memory: registers, and the code before.'
		ELSE 'See where the bad pointer was read from (triage show --memory) and whether the object that held it is otherwise sound.' END
		AS advice,
	c.confidence, c.finding
FROM crash c LEFT JOIN (SELECT dump, kind, symbol FROM object WHERE dump = :dump AND "where" = 'fault address' LIMIT 1) o ON o.dump = c.dump
WHERE c.dump = :dump AND c.kind = 'page_fault'
		AND coalesce(fault_class, '') NOT IN ('null_offset', 'null_minus_offset', 'list_poison', 'slab_poison',
		'error_pointer', 'user');
