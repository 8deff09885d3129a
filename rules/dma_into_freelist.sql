-- id: dma_into_freelist
-- title: a USB device wrote into freed memory
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.97
-- advice: A USB device or its host controller wrote by DMA into memory that had been freed: unplug the device or update its driver and firmware.
-- advice: Boot with intel_iommu=on iommu.strict=1 (or the AMD equivalent): the next such write is refused and names the device.
-- rules-out: The code on the stack: it only took the next free object from the list.
-- see: Documentation/core-api/dma-api.rst
-- see: drivers/usb/core/hcd.c
-- Chance makes such bytes once in 10^11; what is inferred is that a device wrote them, not the CPU.
SELECT
	f.headline || '; ' || h.text AS because,
	'DMA into freed ' || f.cache || ' object' || CASE WHEN f.object IS NULL THEN ''
		WHEN f.evidence = 'proven' THEN ' ' || f.object
		ELSE ' (likely ' || f.object || ')' END ||
		': USB descriptor in its free pointer' AS headline,
	h.confidence * CASE WHEN f.near THEN 1 ELSE 0.9 END AS confidence, f.finding,
	h.finding AS finding2
FROM freelist f JOIN hypothesis h ON h.dump = f.dump
WHERE f.dump = :dump AND NOT f.loop AND h.kind IN ('usb_string', 'usb_descriptor')
	AND h.text LIKE 'what overwrote%';
