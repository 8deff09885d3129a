-- id: endless_chain
-- title: a CPU goes along a chain that has no end
-- cause: lockup
-- severity: critical
-- confidence: 0.95
-- advice: A node that is added twice, or freed and added again, leads back like that: find who adds it without a look whether it is in a chain already.
-- see: Documentation/RCU/listRCU.rst
-- see: include/linux/list.h
SELECT
	e.headline AS because,
	CASE WHEN e.leads_to IS NOT NULL
		THEN 'endless list: ' || coalesce(e.list, 'a walk') || ' leads into ' || e.leads_to
		WHEN e.length = 1
		THEN 'endless chain: ' || coalesce(e.cache || ' ', '') || 'node ' || e.node || ' leads to itself'
		ELSE 'endless chain: ' || e.length || ' nodes from ' || e.node || ' on lead in a circle' END ||
		-- what the loop calls for each node is innocent of its having no end
		iif(e.walker IS NULL OR substr(e.walker, 1, instr(e.walker || ' ', ' ') - 1) = coalesce(c.culprit, c.symbol),
			c.culprit_place, ' in ' || e.walker) AS headline,
	min(c.confidence, e.confidence) AS confidence, e.finding, c.finding AS finding2
FROM endless_chain e JOIN crash c ON c.dump = e.dump
WHERE e.dump = :dump;
