-- What rules read: findings as plain relations, one row a thing. Columns are NULL where not known;
-- "finding" is the number to give back as the reason. Created anew whenever this text changes; how
-- to use them: rules/README.md.

-- What killed the kernel; "place" is ready for a headline: " in f+0x5 [module], comm/pid"; a work item
-- or a timer stands there instead of the task that ran it, or that it interrupted.
CREATE VIEW crash AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.message' AS message,
	-- the message without the words every panic begins with
	replace(evidence ->> '$.message', 'Kernel panic - not syncing: ', '') AS reason,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.task.pid' AS pid,
	evidence ->> '$.task.comm' AS comm,
	evidence ->> '$.rip.address' AS rip,
	evidence ->> '$.rip.symbol' AS symbol,
	evidence ->> '$.rip.offset' AS "offset",
	evidence ->> '$.rip.module' AS module,
	evidence ->> '$.fault.address' AS fault_address,
	evidence ->> '$.fault.class' AS fault_class,
	evidence ->> '$.fault.access' AS access,
	evidence ->> '$.instruction.text' AS instruction,
	evidence ->> '$.divisor' AS divisor,
	-- the instruction at hand, where its operand is the address that could not be reached
	iif(evidence ->> '$.fault.why' IS NULL, NULL, evidence ->> '$.instruction.text') AS accessed_by,
	evidence ->> '$.fault.why' AS address_from,
	evidence ->> '$.fault.pointer' AS pointer,
	evidence ->> '$.fault.errno' AS errno,
	-- an index that leads out of memory that is there
	evidence ->> '$.fault.array' AS array,
	evidence ->> '$.fault.index' AS "index",
	coalesce(' in ' || (evidence ->> '$.rip.symbol') || '+' ||
		printf('0x%x', evidence ->> '$.rip.offset'), '') ||
		coalesce(' [' || (evidence ->> '$.rip.module') || ']', '') ||
		coalesce(', called from ' || (evidence ->> '$.culprit.symbol') || '+' ||
			printf('0x%x', evidence ->> '$.culprit.offset') ||
			coalesce(' [' || (evidence ->> '$.culprit.module') || ']', ''), '') ||
		coalesce(', called by ' || (evidence ->> '$.module_caller.symbol') || ' [' ||
			(evidence ->> '$.module_caller.module') || ']', '') ||
		coalesce(', ' || coalesce(evidence ->> '$.context.who',
			coalesce(nullif(evidence ->> '$.task.comm', '') || '/', 'pid ') ||
			(evidence ->> '$.task.pid')), '') AS place,
	-- where the fault is: the caller of a helper that only noticed, else the place itself
	evidence ->> '$.culprit.symbol' AS culprit,
	coalesce(' in ' || coalesce(evidence ->> '$.culprit.symbol', evidence ->> '$.rip.symbol') || '+' ||
		printf('0x%x', coalesce(evidence ->> '$.culprit.offset', evidence ->> '$.rip.offset')), '') ||
		coalesce(' [' || iif(evidence ->> '$.culprit.symbol' IS NULL, evidence ->> '$.rip.module',
			evidence ->> '$.culprit.module') || ']', '') ||
		coalesce(', called by ' || (evidence ->> '$.module_caller.symbol') || ' [' ||
			(evidence ->> '$.module_caller.module') || ']', '') ||
		coalesce(', ' || coalesce(evidence ->> '$.context.who',
			coalesce(nullif(evidence ->> '$.task.comm', '') || '/', 'pid ') ||
			(evidence ->> '$.task.pid')), '') AS culprit_place,
	-- its function alone
	coalesce(' in ' || coalesce(evidence ->> '$.culprit.symbol', evidence ->> '$.rip.symbol'), '') ||
		coalesce(' [' || iif(evidence ->> '$.culprit.symbol' IS NULL, evidence ->> '$.rip.module',
			evidence ->> '$.culprit.module') || ']', '') AS culprit_code,
	-- the same, as advice names it: "f() [module]"; and the module alone
	coalesce(evidence ->> '$.culprit.symbol', evidence ->> '$.rip.symbol') || '()' ||
		coalesce(' [' || iif(evidence ->> '$.culprit.symbol' IS NULL, evidence ->> '$.rip.module',
			evidence ->> '$.culprit.module') || ']', '') AS function,
	iif(evidence ->> '$.culprit.symbol' IS NULL, evidence ->> '$.rip.module',
		evidence ->> '$.culprit.module') AS culprit_module,
	coalesce(', ' || coalesce(evidence ->> '$.context.who',
		coalesce(nullif(evidence ->> '$.task.comm', '') || '/', 'pid ') ||
		(evidence ->> '$.task.pid')), '') AS task,
	evidence ->> '$.lockup_s' AS lockup_s,
	evidence ->> '$.lock.address' AS spins_for,
	(evidence ->> '$.work.function') || coalesce(' [' || (evidence ->> '$.work.module') || ']', '') AS work,
	evidence ->> '$.stall.starved' AS starved,
	-- 'memory' or 'log': what tells of the crash
	iif(evidence ->> '$.why' LIKE '%log%', 'log', 'memory') AS source,
	evidence ->> '$.why' AS why,
	evidence ->> '$.context.kind' AS context,
	evidence ->> '$.context.function' AS context_function
FROM finding WHERE code = 'crash';

-- A report of the kernel in its log: one block about one event, in the log's order.
CREATE VIEW report AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.outcome' AS outcome,
	evidence ->> '$.time_s' AS time_s,
	evidence ->> '$.first_line' AS first_line,
	evidence ->> '$.message' AS message,
	-- the first line that is no form's: what the check that failed says of it
	trim(evidence ->> '$.details[0]') AS words,
	evidence ->> '$.work' AS work,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.pid' AS pid,
	evidence ->> '$.comm' AS comm,
	evidence ->> '$.seconds' AS seconds,
	-- of lockdep: the lock that is taken, and the one it is at odds with
	evidence ->> '$.wanted.name' AS wanted,
	evidence ->> '$.other.name' AS other,
	-- the sort of crash it would have been
	CASE evidence ->> '$.kind' WHEN 'null_dereference' THEN 'null_dereference'
		WHEN 'page_fault' THEN 'wild_pointer' WHEN 'general_protection' THEN 'wild_pointer'
		WHEN 'stack_segment' THEN 'wild_pointer' WHEN 'divide_error' THEN 'divide_error'
		WHEN 'stack_overflow' THEN 'stack_overflow' WHEN 'bug' THEN 'assertion'
		WHEN 'invalid_opcode' THEN 'assertion'
		ELSE CASE evidence ->> '$.outcome' WHEN 'broken' THEN 'memory_corruption'
			WHEN 'stuck' THEN 'lockup' ELSE 'unknown' END END AS cause,
	evidence ->> '$.rip.symbol' AS symbol,
	evidence ->> '$.rip.module' AS module,
	coalesce(' in ' || (evidence ->> '$.rip.symbol') || '+' ||
		printf('0x%x', evidence ->> '$.rip.offset'), '') ||
		coalesce(' [' || (evidence ->> '$.rip.module') || ']', '') ||
		coalesce(', ' || (evidence ->> '$.comm') || '/' || (evidence ->> '$.pid'), '') AS place
FROM finding WHERE code = 'log.report';

-- An analysis that could not begin, or broke off.
CREATE VIEW failure AS
SELECT dump, number AS finding, severity, headline,
	evidence ->> '$.analyzer' AS analyzer,
	evidence ->> '$.why' AS why
FROM finding WHERE code = 'analysis.failed';

-- A part that could not be had: of a step, or "pages" that an analysis asked for.
CREATE VIEW missing AS
SELECT dump, number AS finding,
	evidence ->> '$.step' AS step,
	evidence ->> '$.why' AS why
FROM finding WHERE code = 'degraded';

-- The machine and its kernel.
CREATE VIEW system AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.release' AS release,
	evidence ->> '$.hostname' AS hostname,
	evidence ->> '$.hardware' AS hardware,
	evidence ->> '$.uptime_s' AS uptime_s,
	evidence ->> '$.cpus' AS cpus,
	evidence ->> '$.types_probed' AS types_probed,
	evidence ->> '$.last_unloaded' AS last_unloaded
FROM finding WHERE code = 'system';

-- A CPU that does not answer.
CREATE VIEW silent_cpu AS
SELECT dump, number AS finding, confidence, headline,
	-- in one line: with who waits, in other words where there is no room
	silent || iif(waits = '' OR length(silent || long || waits) <= 100, long, short) || waits AS brief,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.task.pid' AS pid,
	evidence ->> '$.task.comm' AS comm,
	evidence ->> '$.culprit.symbol' AS symbol,
	evidence ->> '$.culprit.module' AS module,
	evidence ->> '$.interrupts_off' AS interrupts_off,
	evidence ->> '$.behind_s' AS behind_s,
	evidence ->> '$.raised' AS raised,
	evidence ->> '$.waits_itself' AS waits_itself,
	evidence ->> '$.why' AS why
FROM (SELECT *,
	-- irq work that raises itself comes upon whoever runs there
	substr(headline, 1, instr(headline, ': ') + 1) || iif(evidence ->> '$.raised', 'irq work ' ||
		(evidence ->> '$.culprit.symbol') || '()' || coalesce(' [' || (evidence ->> '$.culprit.module') || ']', '') ||
			' raises itself over and over',
		(evidence ->> '$.task.comm') || '/' || (evidence ->> '$.task.pid') ||
		coalesce(' in ' || (evidence ->> '$.culprit.symbol') || '()', '')) AS silent,
	iif(evidence ->> '$.raised', '', coalesce(' [' || (evidence ->> '$.culprit.module') || ']', '')) ||
		iif(evidence ->> '$.interrupts_off', ', interrupts off', '') ||
		iif(evidence ->> '$.behind_s' >= 1, printf(iif(evidence ->> '$.raised', ', no tick for %.0f s', ' for %.0f s'), evidence ->> '$.behind_s'), '') AS long,
	iif(evidence ->> '$.interrupts_off', ', irqs off', '') AS short,
	coalesce('; ' || (evidence ->> '$.waiter.caller.symbol') || '() waits', '') AS waits
	FROM finding WHERE code = 'cpu.silent');

-- Signs that a virtual machine was not run by its host.
CREATE VIEW host_pause AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.host_pause.seconds' AS seconds,
	evidence ->> '$.host_pause.cpus' AS cpus,
	evidence ->> '$.host_pause.idle' AS idle,
	evidence ->> '$.host_pause.why' AS why
FROM finding WHERE code = 'log.host_pause';

-- A lock that somebody waits for; waiters and holders have views of their own.
CREATE VIEW lock AS
SELECT dump, number AS finding, confidence,
	code, headline,
	json_array_length(evidence, '$.waiters') AS waiters,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.address' AS address,
	evidence ->> '$.name' AS name,
	evidence ->> '$.state' AS state,
	evidence ->> '$.device' AS device,
	evidence ->> '$.owner.text' AS owner,
	-- no lock: a function that tasks sleep in, which no table of ours names
	coalesce(evidence ->> '$.unnamed', 0) AS unnamed
FROM finding WHERE place = 'locks[]';

-- Addresses and who owns them.
CREATE VIEW object AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.where' AS "where",
	evidence ->> '$.value' AS value,
	evidence ->> '$.owner.kind' AS kind,
	evidence ->> '$.owner.cache' AS cache,
	evidence ->> '$.owner.start' AS start,
	evidence ->> '$.owner.offset' AS "offset",
	evidence ->> '$.owner.state' AS state,
	evidence ->> '$.owner.size' AS size,
	-- of the image, a module, per-CPU memory: "name+0x12"; of vmalloc: who allocated it
	evidence ->> '$.owner.symbol' AS symbol,
	-- a register's, into a free object: the function that faulted accesses memory by it
	coalesce(evidence ->> '$.used', 0) AS used
FROM finding WHERE place = 'memory.pointers[]';

-- A user process that crashed, by its line in the kernel log.
CREATE VIEW segfault AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.time_s' AS time_s,
	evidence ->> '$.comm' AS comm,
	evidence ->> '$.pid' AS pid,
	evidence ->> '$.address' AS address,
	evidence ->> '$.ip' AS ip,
	evidence ->> '$.object' AS object,
	evidence ->> '$.offset' AS "offset",
	evidence ->> '$.access' AS access,
	evidence ->> '$.class' AS class,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.trap' AS trap,
	evidence ->> '$.instruction' AS instruction,
	coalesce(evidence ->> '$.function', evidence ->> '$.symbol') AS symbol,
	evidence ->> '$.operand' AS operand,
	evidence ->> '$.evidence' AS file_evidence,
	evidence ->> '$.symbol_offset' AS symbol_offset,
	evidence ->> '$.file' AS file,
	evidence ->> '$.line' AS line,
	coalesce(evidence ->> '$.times', 1) AS times
FROM finding WHERE place = 'log.segfaults[]';

-- The user program's crash that a log is about, where the kernel itself did not die: at the place
-- with most of them, the first one there. did: what it did, for a headline.
CREATE VIEW user_crash AS
SELECT dump, finding, confidence, trap, class, access, address, instruction, times,
	-- not more than the last 500 are findings
	coalesce((SELECT f.evidence ->> '$.segfault_count' FROM finding f
		WHERE f.dump = user_crash_of.dump AND f.code = 'log.segfaults'), times) - times AS others,
	coalesce('; in the source it is ' || operand, '') ||
	iif(file_evidence = 'inferred', '; the log has no code to compare: the file at hand is taken for the one that ran, by its size and the access', '') ||
	CASE coalesce((SELECT f.evidence ->> '$.segfault_count' FROM finding f
		WHERE f.dump = user_crash_of.dump AND f.code = 'log.segfaults'), times) - times
		WHEN 0 THEN '' WHEN 1 THEN '; one more crash of a user program is in the log'
		ELSE '; ' || ((SELECT f.evidence ->> '$.segfault_count' FROM finding f
		WHERE f.dump = user_crash_of.dump AND f.code = 'log.segfaults') - times) ||
			' more crashes of user programs are in the log' END AS more,
	comm || '/' || pid AS program,
	CASE WHEN file IS NOT NULL THEN 'Read the named line, and who gave it what it used.'
		WHEN access = 'execute' THEN 'The return address is on the stack: take a core (ulimit -c, coredumpctl), the log does not have it.'
		WHEN "offset" IS NOT NULL THEN 'Disassemble the named file at the offset: objdump -d --start-address=OFFSET FILE, or addr2line -fie FILE OFFSET.'
		ELSE 'The log does not name the file the address lies in: see the program''s /proc/PID/maps, or take a core (ulimit -c, coredumpctl).' END
		AS next_step,
	CASE WHEN "offset" IS NOT NULL THEN ' in ' || object || '+' || printf('0x%x', "offset") ||
			coalesce(' (' || symbol || '+' || printf('0x%x', symbol_offset) ||
			coalesce(', ' || file || ':' || line, '') || ')', '')
		WHEN access = 'execute' THEN '' ELSE ' at ' || ip END AS place,
	iif(times > 1, ', ' || times || ' times', '') AS often,
	CASE
	WHEN class = 'null_offset' AND access = 'execute' THEN 'called through a NULL pointer'
	WHEN class = 'null_offset' THEN 'NULL pointer ' || access || ' (' || address || ')'
	WHEN class = 'stack_overflow' THEN 'stack overflow'
	WHEN class = 'stack_pointer' THEN 'wrong stack pointer'
	WHEN address IS NULL THEN trap || CASE class
		WHEN 'non_canonical' THEN ', a pointer that is no address'
		WHEN 'misaligned' THEN ', a pointer that is not aligned or no address'
		WHEN 'privileged' THEN ', an instruction for the kernel alone' ELSE '' END
	ELSE CASE access WHEN 'execute' THEN 'jump to ' ELSE access || ' of ' END ||
		CASE class WHEN 'not_present' THEN 'unmapped '
		WHEN 'protection' THEN CASE access WHEN 'execute' THEN 'non-executable ' WHEN 'write' THEN 'read-only '
			ELSE 'forbidden ' END
		WHEN 'kernel' THEN 'the kernel''s '
		WHEN 'non_canonical' THEN 'non-canonical ' ELSE '' END || address ||
		CASE WHEN class IN ('not_present', 'protection', 'kernel', 'non_canonical') THEN ''
		ELSE ' (' || replace(class, '_', ' ') || ')' END
	END AS did
FROM (SELECT *,
		row_number() OVER (PARTITION BY dump ORDER BY times DESC, finding) AS rank
	FROM segfault) AS user_crash_of
WHERE rank = 1
	AND NOT EXISTS (SELECT 1 FROM crash c WHERE c.dump = user_crash_of.dump
		AND c.kind NOT IN ('unknown', 'none'));

-- Different programs that crashed on one core.
CREATE VIEW segfault_core AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.segfault_core.cpu' AS cpu,
	evidence ->> '$.segfault_core.programs' AS programs,
	evidence ->> '$.segfault_core.of' AS "of",
	evidence ->> '$.segfault_core.cpus' AS cpus,
	evidence ->> '$.segfault_core.cpus_known' AS cpus_known,
	evidence ->> '$.segfault_core.chance' AS chance
FROM finding WHERE code = 'log.segfaults' AND evidence ->> '$.segfault_core.cpu' IS NOT NULL;

-- A line of the kernel log that matters.
CREATE VIEW log_event AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.time_s' AS time_s,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.severity' AS severity,
	evidence ->> '$.text' AS text,
	evidence ->> '$.detail' AS detail,
	evidence ->> '$.device' AS device,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.count' AS count
FROM finding WHERE place = 'log.events[]';

-- What went wrong by the log where nothing crashed.
CREATE VIEW trouble AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.severity' AS severity,
	evidence ->> '$.text' AS text,
	evidence ->> '$.device' AS device
FROM finding WHERE code = 'log.trouble';

-- The earliest event that explains the crash, or the trouble.
CREATE VIEW first_cause AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.text' AS text,
	evidence ->> '$.device' AS device,
	evidence ->> '$.distance_s' AS distance_s,
	evidence ->> '$.led_to' AS led_to
FROM finding WHERE code = 'log.first_cause';

-- A machine check.
CREATE VIEW mce AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.bank' AS bank,
	evidence ->> '$.status' AS status,
	evidence ->> '$.address' AS address,
	evidence ->> '$.severity' AS severity,
	evidence ->> '$.words' AS words
FROM finding WHERE place = 'log.mce[]';

-- A call of the OOM killer.
CREATE VIEW oom AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.time_s' AS time_s,
	evidence ->> '$.constraint' AS "constraint",
	evidence ->> '$.end' AS "end",
	evidence ->> '$.asked' AS asked,
	evidence ->> '$.invoker.comm' AS invoker,
	evidence ->> '$.victim.comm' AS victim,
	evidence ->> '$.victim.pid' AS victim_pid,
	evidence ->> '$.cgroup' AS cgroup,
	evidence ->> '$.limit_kb' AS limit_kb,
	-- pages in a row that were asked for, as a power of two; memory of the machine
	evidence ->> '$.order' AS "order",
	evidence ->> '$.free_kb' AS free_kb,
	evidence ->> '$.total_kb' AS total_kb,
	evidence ->> '$.gfp_mask' AS gfp_mask,
	evidence ->> '$.eater' AS eater
FROM finding WHERE place = 'log.oom[]';

-- All calls of the OOM killer in one sentence.
CREATE VIEW oom_kills AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.oom_kills.count' AS count
FROM finding WHERE code = 'log.oom_kills';

-- Who waits for a tasklet that is due and disabled.
CREATE VIEW tasklet AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.name' AS name,
	(evidence ->> '$.task.comm') || '/' || (evidence ->> '$.task.pid') AS waiter
FROM finding WHERE code = 'stuck.tasklet';

-- What does not go on though no task holds a lock.
CREATE VIEW stuck AS
SELECT dump, number AS finding, confidence, headline,
	-- the same in one line
	coalesce(evidence ->> '$.brief', headline) AS brief,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.seconds' AS seconds,
	evidence ->> '$.behind' AS behind,
	evidence ->> '$.cpu' AS cpu,
	evidence ->> '$.realtime' AS realtime,
	evidence ->> '$.device' AS device,
	evidence ->> '$.queue' AS queue,
	evidence ->> '$.function' AS function
FROM finding WHERE place = 'stuck[]';

-- The wait-for graph as a whole.
CREATE VIEW waits AS
SELECT dump, number AS finding, confidence,
	headline,
	-- the same in one line
	coalesce(evidence ->> '$.brief', CASE WHEN length(headline) <= 100 THEN headline
		WHEN instr(headline, ', which waits') THEN substr(headline, 1, instr(headline, ', which waits') - 1)
		WHEN instr(headline, ', asleep in') THEN substr(headline, 1, instr(headline, ', asleep in') - 1)
		ELSE headline END) AS brief,
	json_array_length(evidence, '$.cycles') AS cycles,
	json_array_length(evidence, '$.roots') AS roots,
	evidence ->> '$.edge_count' AS edges,
	evidence ->> '$.roots[0].victims' AS victims,
	evidence ->> '$.roots[0].task.pid' AS root_pid,
	nullif(evidence ->> '$.roots[0].task.comm', '') AS root_comm,
	evidence ->> '$.roots[0].doing' AS root_doing,
	coalesce(evidence ->> '$.roots[0].holder_known', 0) AS holder_known,
	evidence ->> '$.roots[0].lock' AS root_lock,
	-- the holder is no more: it ended with the lock in hand
	coalesce(evidence ->> '$.roots[0].ended', 0) AS root_ended,
	-- or its system call returned with it
	coalesce(evidence ->> '$.roots[0].left', 0) AS root_left,
	evidence ->> '$.io.tasks' AS io_tasks,
	-- The root runs, or waits for I/O, and nobody has waited for long: as on any busy machine.
	-- NULL where it does, and how long anybody has waited is not known.
	CASE WHEN json_array_length(evidence, '$.cycles') = 0 AND
			(evidence ->> '$.roots[0].io' OR (evidence ->> '$.roots[0].holder_known' AND
			evidence ->> '$.roots[0].task.state' = 'R' AND NOT coalesce(evidence ->> '$.roots[0].left', 0)))
		THEN evidence ->> '$.longest.blocked_s' < 10 ELSE 0 END AS moving,
	-- NULL: not known
	evidence ->> '$.longest.blocked_s' AS longest_s
FROM finding WHERE code = 'waits';

-- Stack of the panic task, innermost first.
CREATE VIEW frame AS
SELECT f.dump, f.number AS finding,
	j.key AS position,
	j.value ->> '$.address' AS address,
	j.value ->> '$.symbol' AS symbol,
	j.value ->> '$.offset' AS "offset",
	j.value ->> '$.module' AS module,
	j.value ->> '$.kind' AS kind,
	j.value ->> '$.found_by' AS found_by
FROM finding f, json_each(f.evidence, '$.backtrace') j WHERE f.code = 'backtrace.panic';

-- A task that waits for a lock, in the lock's order.
CREATE VIEW waiter AS
SELECT f.dump, f.number AS finding,
	j.key AS position,
	j.value ->> '$.task.pid' AS pid,
	j.value ->> '$.task.comm' AS comm,
	j.value ->> '$.mode' AS mode,
	f.evidence ->> '$.address' AS lock
FROM finding f, json_each(f.evidence, '$.waiters') j WHERE f.place = 'locks[]';

-- A task that holds a lock, or may; pid is NULL where the holder is missing.
CREATE VIEW holder AS
SELECT f.dump, f.number AS finding,
	j.value ->> '$.task.pid' AS pid,
	j.value ->> '$.task.comm' AS comm,
	j.value ->> '$.mode' AS mode,
	j.value ->> '$.evidence' AS evidence,
	j.value ->> '$.confidence' AS confidence,
	j.value ->> '$.why' AS why,
	f.evidence ->> '$.address' AS lock
FROM finding f, json_each(f.evidence, '$.holders') j WHERE f.place = 'locks[]';

-- An edge of the wait-for graph; "to" is NULL where the holder is missing.
CREATE VIEW wait AS
SELECT f.dump, f.number AS finding,
	j.value ->> '$.from' AS "from",
	j.value ->> '$.to' AS "to",
	j.value ->> '$.lock' AS lock,
	j.value ->> '$.evidence' AS evidence,
	j.value ->> '$.confidence' AS confidence
FROM finding f, json_each(f.evidence, '$.edges') j WHERE f.code = 'waits';

-- Blocked tasks; "stack" is the same for those whose stacks are.
CREATE VIEW task AS
SELECT f.dump, f.number AS finding, g.key AS stack,
	t.value ->> '$.pid' AS pid,
	t.value ->> '$.tgid' AS tgid,
	t.value ->> '$.comm' AS comm,
	t.value ->> '$.address' AS address,
	t.value ->> '$.state' AS state,
	t.value ->> '$.blocked_s' AS blocked_s
FROM finding f, json_each(f.evidence, '$.blocked') g, json_each(g.value, '$.tasks') t
WHERE f.code = 'tasks';

-- A frame of blocked tasks' stack; "stack" is the task's.
CREATE VIEW task_frame AS
SELECT f.dump, f.number AS finding, g.key AS stack, j.key AS position,
	j.value ->> '$.symbol' AS symbol,
	j.value ->> '$.module' AS module
FROM finding f, json_each(f.evidence, '$.blocked') g, json_each(g.value, '$.backtrace') j
WHERE f.code = 'tasks';

-- A register that made an address no CPU accepts, with the bytes of its value in memory order.
CREATE VIEW bad_register AS
SELECT dump, number AS finding, confidence, code,
	evidence ->> '$.register' AS register,
	evidence ->> '$.value' AS value,
	evidence ->> '$.bytes' AS bytes
FROM finding WHERE code IN ('fault.stack_segment', 'fault.non_canonical');

-- The object a bad value was read from.
CREATE VIEW bad_holder AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.address' AS address,
	evidence ->> '$.type' AS type,
	evidence ->> '$.member' AS member,
	evidence ->> '$.offset' AS "offset",
	evidence ->> '$.owner.cache' AS cache,
	evidence ->> '$.owner.start' AS start,
	evidence ->> '$.owner.state' AS state,
	evidence ->> '$.owner.kind' AS owner,
	-- of a stack: the function whose frame it is
	evidence ->> '$.owner.symbol' AS frame,
	-- and whose stack it is
	evidence ->> '$.owner.task.pid' AS stack_pid,
	(evidence ->> '$.owner.task.comm') || '/' || (evidence ->> '$.owner.task.pid') AS stack_of,
	-- with slub_debug=U
	evidence ->> '$.owner.allocated_by.symbol' AS allocated_by,
	evidence ->> '$.owner.freed_by.symbol' AS freed_by
FROM finding WHERE code = 'memory.holder';

-- A free list with a bad pointer in it.
CREATE VIEW freelist AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.cache' AS cache,
	evidence ->> '$.object' AS object,
	evidence ->> '$.raw' AS raw,
	evidence ->> '$.decoded' AS decoded,
	evidence ->> '$.evidence' AS evidence,
	-- the same object twice is no foreign pointer: it was freed twice
	(evidence ->> '$.why') LIKE 'comes back%' AS loop,
	coalesce(evidence ->> '$.near', 0) AS near
FROM finding WHERE code = 'memory.freelist';

-- Who has most of the memory; share: of all, that the largest use has.
CREATE VIEW memory_usage AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.largest' AS largest,
	evidence ->> '$.share' AS share,
	-- the cache with most, and the function that RCU is to call for its objects
	evidence ->> '$.slabs[0].cache' AS cache,
	evidence ->> '$.slabs[0].kib' AS cache_kib,
	iif(evidence ->> '$.suspect.rcu', substr(evidence ->> '$.suspect.function', 1,
		instr((evidence ->> '$.suspect.function') || '+', '+') - 1), NULL) AS callback,
	-- who has most in pipes and sockets, which count for its control group
	queue ->> '$.task.comm' || '/' || (queue ->> '$.task.pid') AS queue_task,
	max(queue ->> '$.pipes_kib', queue ->> '$.sockets_kib') AS queue_kib,
	iif(queue ->> '$.pipes_kib' >= queue ->> '$.sockets_kib', 'pipes', 'sockets') AS queue_what,
	(SELECT p.value ->> '$.cgroup' FROM json_each(evidence, '$.processes') p
		WHERE p.value ->> '$.task.address' = queue ->> '$.task.address' LIMIT 1) AS queue_cgroup
FROM (SELECT *, evidence -> '$.queues[0]' AS queue FROM finding WHERE code = 'memory.usage');

-- What a bad value may be.
CREATE VIEW hypothesis AS
SELECT dump, number AS finding, confidence,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.text' AS text
FROM finding WHERE code = 'memory.hypothesis';

-- An object written beyond its end.
CREATE VIEW overrun AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.cache' AS cache,
	evidence ->> '$.overrun_from' AS overrun_from,
	evidence ->> '$.object' AS object
FROM finding WHERE code = 'memory.overrun';

-- Code compared with its file ("vmlinux", "module") or with the oops in the log ("log").
CREATE VIEW text AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.against' AS against,
	evidence ->> '$.class' AS class,
	evidence ->> '$.symbol' AS symbol,
	evidence ->> '$.module' AS module,
	evidence ->> '$.bytes' AS bytes,
	evidence ->> '$.difference_count' AS differences
FROM finding WHERE code = 'memory.text';

-- Whether the object that held a bad value is otherwise sound.
CREATE VIEW object_sanity AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.cache' AS cache,
	evidence ->> '$.start' AS start,
	evidence ->> '$.state' AS state,
	evidence ->> '$.damage' AS damage,
	-- 1: the data that are wrong begin with the very word that was used
	evidence ->> '$.stretch.from' > 0 AND evidence ->> '$.stretch.from' = (SELECT h.evidence ->> '$.owner.offset'
		FROM finding h WHERE h.dump = finding.dump AND h.code = 'memory.holder') AS begins_there
FROM finding WHERE code = 'memory.object';

-- A chain without an end that a CPU goes along.
CREATE VIEW endless_chain AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.node' AS node,
	evidence ->> '$.length' AS length,
	evidence ->> '$.owner.cache' AS cache,
	evidence ->> '$.list' AS list,
	evidence ->> '$.leads_to' AS leads_to,
	evidence ->> '$.walker' AS walker
FROM finding WHERE code = 'memory.endless_chain';

-- A word of memory that a CPU waits for, in a loop which nothing else ends.
CREATE VIEW awaited AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.address' AS address,
	evidence ->> '$.name' AS name,
	evidence ->> '$.value' AS value,
	evidence ->> '$.function' AS function
FROM finding WHERE code = 'cpu.awaited';

-- An entry of the page tables that is wrong, which the crash came by.
CREATE VIEW page_entry AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.address' AS address,
	evidence ->> '$.at' AS at,
	evidence ->> '$.found' AS found,
	evidence ->> '$.good' AS good,
	evidence ->> '$.bit' AS bit
FROM finding WHERE code = 'memory.page_entry';

-- What a check of the kernel's own was about, where it stopped the machine.
CREATE VIEW blamed AS
SELECT dump, number AS finding, confidence, headline,
	-- without who owns the memory, what the value looks like, and what it should be
	replace(replace(substr(headline, 1, instr(headline || ' (', ' (') - 1), 'the list node at ', 'node '),
		'node ' || (evidence ->> '$.address'), 'node ' || coalesce('on the stack of ' || (evidence ->> '$.owner.task.comm') ||
			'/' || (evidence ->> '$.owner.task.pid'), evidence ->> '$.address')) AS brief,
	evidence ->> '$.what' AS what,
	evidence ->> '$.address' AS address,
	evidence ->> '$.owner.cache' AS cache,
	evidence ->> '$.owner.start' AS start,
	evidence ->> '$.owner.state' AS state,
	evidence ->> '$.owner.kind' AS owner,
	-- of an object that is a task
	iif(evidence ->> '$.owner.kind' = 'slab', (evidence ->> '$.owner.task.comm') || '/' || (evidence ->> '$.owner.task.pid'), NULL)
		AS task
FROM finding WHERE code = 'memory.blamed';

-- A function's frame whose canary was overwritten.
CREATE VIEW stack_damage AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.function' AS function,
	evidence ->> '$.given_to' AS given_to
FROM finding WHERE code = 'memory.stack';

-- A call or return to where no function begins.
CREATE VIEW bad_call AS
SELECT dump, number AS finding, confidence, headline,
	-- with an object in the place of its address, and no address of a module that is gone
	replace(replace(CASE
		WHEN gone THEN substr(line, 1, instr(line, ' to 0x') - 1) || ' into a module that is gone' ||
			coalesce(' (last unloaded: ' || (evidence ->> '$.last_unloaded') || ')', '') ||
			substr(line, instr(line, ', in '))
		WHEN owned AND evidence ->> '$.owner.kind' IN ('slab', 'stack', 'percpu', 'image', 'module', 'vmalloc')
		THEN substr(line, 1, owned - 19) ||
			replace(replace(replace(substr(line, owned + 20), '), in ', ', in '), '), by ', ', by '),
				', allocated', '')
		WHEN owned THEN substr(line, 1, owned - 1) || substr(substr(line, owned), instr(substr(line, owned), '), ') + 1)
		ELSE line END,
		'call through the pointer to NULL', 'call through a NULL pointer'),
		'call through the pointer ', 'call ') AS brief,
	evidence ->> '$.way' AS way,
	coalesce(evidence ->> '$.kind', evidence ->> '$.owner.kind') AS kind,
	evidence ->> '$.target' AS target,
	-- what the target is instead of code, in two words
	CASE WHEN evidence ->> '$.owner.cache' IS NOT NULL THEN (evidence ->> '$.owner.cache') || ' data'
		WHEN evidence ->> '$.owner.kind' = 'stack' THEN 'a stack'
		ELSE evidence ->> '$.target' END AS target_words,
	evidence ->> '$.place' AS place,
	evidence ->> '$.last_unloaded' AS last_unloaded,
	evidence ->> '$.unloaded_tainted' AS unloaded_tainted
FROM (SELECT *, instr(line, ', which is no code (') AS owned,
	evidence ->> '$.kind' = 'unloaded' AND instr(line, ' to 0x') AND instr(line, ', in ') AS gone
	-- without where the pointer itself stands
	FROM (SELECT *, iif(headline LIKE '% at 0x%) to %', substr(headline, 1, instr(headline, ' at 0x') - 1) ||
		substr(headline, instr(headline, ') to ') + 1), headline) AS line
		FROM finding WHERE code = 'memory.call'));

-- A linked list that is broken in one place.
CREATE VIEW broken_list AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.kind' AS kind,
	evidence ->> '$.at' AS at,
	evidence ->> '$.found' AS found,
	evidence ->> '$.good' AS good,
	evidence ->> '$.node' AS node,
	evidence ->> '$.bit' AS bit,
	evidence ->> '$.link' AS link,
	evidence ->> '$.shape' AS shape,
	evidence ->> '$.broken' AS broken,
	evidence ->> '$.leads_to_fault' AS leads,
	evidence ->> '$.owner.text' AS owner,
	evidence ->> '$.owner.state' AS state
FROM finding WHERE code = 'memory.list';

-- An object freed while it was free.
CREATE VIEW double_free AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.cache' AS cache,
	evidence ->> '$.object' AS object,
	evidence ->> '$.freed_by.symbol' AS freed_by
FROM finding WHERE code = 'memory.double_free';

-- What slab debugging reported.
CREATE VIEW slab_report AS
SELECT dump, number AS finding, confidence, headline,
	evidence ->> '$.cache' AS cache,
	evidence ->> '$.problem' AS problem,
	evidence ->> '$.object' AS object,
	evidence ->> '$.bytes' AS bytes,
	evidence ->> '$.allocated_by' AS allocated_by,
	evidence ->> '$.freed_by' AS freed_by
FROM finding WHERE code = 'memory.slab_report';
