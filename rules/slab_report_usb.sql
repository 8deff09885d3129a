-- id: slab_report_usb
-- title: slab debugging found a USB descriptor in freed memory
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.98
-- advice: A USB device or its host controller wrote by DMA into memory that had been freed: unplug the device or update its driver and firmware.
-- advice: Boot with intel_iommu=on iommu.strict=1 (or the AMD equivalent): the next such write is refused and names the device.
-- rules-out: The code on the stack: it only met what had been written before.
-- see: mm/slub.c
-- see: include/uapi/linux/usb/ch9.h
SELECT
	r.headline || ' (' || coalesce(r.bytes, '?') || '); ' || h.text AS because,
	'DMA into freed ' || r.cache || ' object' || coalesce(' ' || r.object, '') ||
		': a USB descriptor stands where its poison was' AS headline,
	r.confidence * h.confidence AS confidence, r.finding, h.finding AS finding2
FROM slab_report r JOIN hypothesis h ON h.dump = r.dump JOIN crash c ON c.dump = r.dump
WHERE r.dump = :dump AND h.kind IN ('usb_string', 'usb_descriptor')
	AND h.text LIKE 'what overwrote the ' || r.cache || ' object%'
	AND c.kind IN ('panic', 'bug', 'warn', 'unknown');
