-- id: hardware_trouble
-- title: a device failed; the kernel went on
-- cause: hardware
-- severity: warning
-- confidence: 0.85
-- advice: triage show --log has all events in their order.
-- see: Documentation/admin-guide/ras.rst
-- see: Documentation/PCI/pcieaer-howto.rst
-- see: smartctl(8)
SELECT
	CASE
	WHEN t.kind = 'thermal' THEN 'Look at the cooling: fans, dust, heat sinks, the temperature of the room.'
	WHEN t.kind = 'machine_check' AND t.device LIKE 'CPU %, bank %'
	THEN 'See the BMC''s event log for the part: ' || t.device || ' is where it was noticed. Where the errors go on, replace that part.'
	WHEN t.kind IN ('machine_check', 'memory_error')
	THEN 'See the BMC''s event log; where the errors go on, replace ' || coalesce(t.device, 'the part it names') || '.'
	WHEN t.kind IN ('nic', 'netdev_watchdog')
	THEN 'Before replacing ' || coalesce(t.device, 'the card') || ', see what it counted (ethtool -S), its cable, firmware and the switch''s port.'
	WHEN t.kind IN ('ata', 'scsi', 'nvme', 'multipath', 'raid', 'io_error', 'filesystem_error')
	THEN 'Before replacing ' || coalesce(t.device, 'the disk') || ', see its own records (smartctl), its cable, path and firmware' ||
		coalesce(', and ' || nullif(f.device, t.device) || ', where it began', '') || '.'
	ELSE 'Before replacing ' || coalesce(t.device, 'the device') || ', see its slot, cable and firmware, and the BMC''s event log.' END AS advice,
	'the log says: ' || t.text AS because,
	t.headline,
	-- Errors that were corrected are a warning; some devices report what a driver did wrong.
	CASE WHEN t.severity = 'corrected' THEN 0.75
		WHEN t.kind IN ('filesystem_error', 'nfs') THEN 0.8
		WHEN t.severity <> 'fatal' AND t.kind IN ('iommu_fault', 'usb', 'nic', 'netdev_watchdog') THEN 0.7
		ELSE 1.0 END AS confidence,
	t.finding, f.finding AS finding2
FROM trouble t JOIN crash c ON c.dump = t.dump LEFT JOIN first_cause f ON f.dump = t.dump
WHERE t.dump = :dump AND c.kind = 'none'
	AND (t.kind IN ('machine_check', 'memory_error', 'thermal', 'pcie_error', 'iommu_fault', 'usb',
		'ata', 'scsi', 'nvme', 'multipath', 'raid', 'io_error', 'nic', 'netdev_watchdog')
		OR t.kind = 'gpu_error' AND (t.severity = 'fatal' AND t.text LIKE '%bus%' OR
			f.kind IN ('pcie_error', 'memory_error'))
		-- A file system that only follows its disk.
		OR t.kind = 'filesystem_error' AND f.kind <> 'filesystem_error');
