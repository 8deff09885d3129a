-- id: dma_into_freed
-- title: a device wrote into memory that was not its own
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.9
-- advice: A USB device or its host controller wrote by DMA into memory that was not its own: unplug the device or update its driver and firmware.
-- advice: Boot with intel_iommu=on iommu.strict=1 (or the AMD equivalent): the next such write is refused and names the device.
-- rules-out: A bug in the function that faulted: it only followed the pointer that was overwritten.
-- see: Documentation/core-api/dma-api.rst
-- see: drivers/iommu/intel/iommu.c
-- The bytes are a USB string descriptor (USB 2.0, table 9-16): an even length, type 3, UTF-16 text.
-- What an allocator follows is a free object's pointer; elsewhere the memory may have been in use.
SELECT
	register || ' holds ' || value || ', in memory ' || bytes ||
		': a USB string descriptor of ' || length || ' bytes beginning "' || text || '"'
		AS because,
	'DMA into ' || CASE WHEN allocates THEN 'freed ' ELSE '' END || 'memory: ' || register || ' holds USB string "' || text || '..."' ||
		culprit_place AS headline,
	CASE WHEN allocates THEN 1.0 ELSE 0.85 END AS confidence, finding, crash_finding AS finding2
FROM (
	SELECT b.register, b.value, b.bytes, b.finding, c.finding AS crash_finding, c.culprit_place,
		coalesce(c.symbol LIKE '%kmalloc%' OR c.symbol LIKE '%kmem_cache_alloc%' OR
			c.symbol LIKE '%slab_alloc%', 0) AS allocates,
		(instr('0123456789abcdef', substr(b.bytes, 1, 1)) - 1) * 16 +
			instr('0123456789abcdef', substr(b.bytes, 2, 1)) - 1 AS length,
		char((instr('0123456789abcdef', substr(b.bytes, 7, 1)) - 1) * 16 +
				instr('0123456789abcdef', substr(b.bytes, 8, 1)) - 1,
			(instr('0123456789abcdef', substr(b.bytes, 13, 1)) - 1) * 16 +
				instr('0123456789abcdef', substr(b.bytes, 14, 1)) - 1,
			(instr('0123456789abcdef', substr(b.bytes, 19, 1)) - 1) * 16 +
				instr('0123456789abcdef', substr(b.bytes, 20, 1)) - 1) AS text
	FROM bad_register b JOIN crash c ON c.dump = b.dump
	WHERE b.dump = :dump AND b.bytes GLOB '?? 03 [2-7]? 00 [2-7]? 00 [2-7]? 00'
)
WHERE length >= 8 AND length % 2 = 0;
