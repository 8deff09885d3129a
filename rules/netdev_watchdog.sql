-- id: netdev_watchdog
-- title: a network card does not send what it was given
-- cause: hang
-- severity: warning
-- confidence: 0.92
-- advice: Look at the card and its driver, its firmware, and interrupts that were lost: the watchdog in the call trace only noticed.
-- rules-out: The function at the top of the call trace: every such report comes from there.
-- see: net/sched/sch_generic.c
-- see: Documentation/networking/netdevices.rst
SELECT
	'the log says: ' || e.text || coalesce('; ' || f.headline, '') AS because,
	'network card' || coalesce(' ' || e.device, '') || ' does not transmit' ||
		coalesce('; it began with ' || f.text, ': ' || e.text) AS headline,
	c.confidence, e.finding, c.finding AS finding2
FROM crash c JOIN log_event e ON e.dump = c.dump
	LEFT JOIN first_cause f ON f.dump = c.dump AND f.kind IN ('nic', 'pcie_error', 'iommu_fault')
WHERE c.dump = :dump AND c.kind = 'warn' AND c.symbol = 'dev_watchdog' AND e.kind = 'netdev_watchdog'
ORDER BY e.finding DESC LIMIT 1;
