-- What people and rules read. Schema triage has the names and columns of a host's own store (schema/*.sql);
-- all of it is dropped and made anew when this text changes.

-- Rows of the transaction that has locked fleet.feed, for the statements of schema/fleet/write. Its bound is that
-- of a batch (FLEET_BATCH_MAX): a planner that did not know how few these are would read whole tables.
CREATE VIEW triage.incoming AS
SELECT id, uid, seq, revision, crash_time, host, kernel, hardware, cause, severity, headline, signature,
	was_signature, was_host, was_kernel, was_cause, was_hardware
FROM fleet.crash WHERE seq > (SELECT base FROM fleet.feed) ORDER BY seq LIMIT 256;

-- What fleet.tally counts of them; was_: as before their last verdict. Kind "cause" has no other part: not every crash has
-- a host, and yet each has a cause.
CREATE VIEW triage.incoming_pair AS
SELECT i.revision, i.crash_time, p.kind, p.name, p.part, p.was_name, p.was_part
FROM triage.incoming i CROSS JOIN LATERAL (
	SELECT 'signature_host' AS kind, i.signature AS name, i.host AS part, i.was_signature AS was_name, i.was_host AS was_part
	UNION ALL SELECT 'signature_kernel', i.signature, i.kernel, i.was_signature, i.was_kernel
	UNION ALL SELECT 'host_cause', i.host, i.cause, i.was_host, i.was_cause
	UNION ALL SELECT 'host_kernel', i.host, i.kernel, i.was_host, i.was_kernel
	UNION ALL SELECT 'kernel_cause', i.kernel, i.cause, i.was_kernel, i.was_cause
	UNION ALL SELECT 'hardware_host', i.hardware, i.host, i.was_hardware, i.was_host
	UNION ALL SELECT 'hardware_kernel', i.hardware, i.kernel, i.was_hardware, i.was_kernel
	UNION ALL SELECT 'hardware_cause', i.hardware, i.cause, i.was_hardware, i.was_cause
	UNION ALL SELECT 'cause', i.cause, '', i.was_cause, '') p;

-- What fleet.findings keeps as text. Who says which month, here and below, makes the server open one partition instead
-- of all.
CREATE VIEW triage.findings_of AS
SELECT uid, month, findings::jsonb AS findings, verdict::jsonb AS verdict FROM fleet.findings;

CREATE VIEW triage.dump AS
SELECT id, uid, path, size FROM fleet.crash;

-- Whether its file is still there, its host knows.
CREATE VIEW triage.job AS
SELECT c.id AS dump, c.state, c.crash_time, c.layout, c.format, c.log_only, c.host, c.kernel, c.cause, c.severity,
	c.headline, c.confidence, c.signature, c.hardware, c.function, c.module, NULL::bigint AS removed_at,
	coalesce((SELECT (f.verdict ->> 'incomplete')::integer FROM triage.findings_of f
		WHERE f.uid = c.uid AND f.month = c.month), 0) AS incomplete,
	-- what did not come with it is said where an analysis says what was amiss
	nullif(concat_ws('; ', (SELECT f.verdict ->> 'note' FROM triage.findings_of f WHERE f.uid = c.uid AND f.month = c.month),
		c.left_out), '') AS note,
	(SELECT nullif(f.verdict -> 'companions', 'null'::jsonb) FROM triage.findings_of f
		WHERE f.uid = c.uid AND f.month = c.month) AS companions
FROM fleet.crash c;

CREATE VIEW triage.export AS
SELECT seq, id AS dump FROM fleet.crash;

CREATE VIEW triage.export_epoch AS
SELECT epoch FROM fleet.feed;

CREATE VIEW triage.annotation AS
SELECT uid, signature, ticket, cause, note, fixed, annotated_at FROM fleet.annotation;

CREATE VIEW triage.verdict AS
SELECT c.id AS dump, c.month, c.analyzed_at, c.tool_version, c.rule, c.cause, c.severity, c.headline, c.confidence,
	c.signature, f.verdict -> 'fuzzy' AS fuzzy, f.verdict -> 'because' AS because,
	f.verdict -> 'reasons' AS reasons, f.verdict -> 'ruled_out' AS ruled_out,
	f.verdict -> 'next_steps' AS next_steps, f.verdict -> 'see' AS see, f.verdict -> 'alternatives' AS alternatives,
	f.verdict -> 'broken' AS broken, f.verdict -> 'known_issue' AS known_issue,
	CASE WHEN (f.verdict ->> 'signature_version') ~ '^[0-9]{1,18}$' THEN (f.verdict ->> 'signature_version')::bigint END
		AS signature_version
FROM fleet.crash c LEFT JOIN triage.findings_of f ON f.uid = c.uid AND f.month = c.month;

CREATE VIEW triage.finding AS
SELECT c.id AS dump, c.month, c.uid, c.host, c.crash_time, (j.value ->> 'number')::bigint AS number,
	j.value ->> 'analyzer' AS analyzer, j.value ->> 'code' AS code, j.value ->> 'place' AS place,
	j.value ->> 'severity' AS severity, (j.value ->> 'confidence')::double precision AS confidence,
	j.value ->> 'headline' AS headline, j.value -> 'evidence' AS evidence
FROM fleet.crash c JOIN triage.findings_of f ON f.uid = c.uid AND f.month = c.month,
	jsonb_array_elements(f.findings) AS j(value);

-- A crash of one signature, host or cause: how many of them.
CREATE VIEW triage.signature_host AS
SELECT name AS signature, part AS host, crashes, first_s, last_s, since_seq
FROM fleet.tally WHERE kind = 'signature_host' AND crashes > 0;

CREATE VIEW triage.signature_kernel AS
SELECT name AS signature, part AS kernel, crashes, first_s, last_s, since_seq
FROM fleet.tally WHERE kind = 'signature_kernel' AND crashes > 0;

CREATE VIEW triage.host_cause AS
SELECT name AS host, part AS cause, crashes, first_s, last_s, since_seq
FROM fleet.tally WHERE kind = 'host_cause' AND crashes > 0;

-- The groups of kernel, hardware and cause: how many of a group's crashes have which cause, host and kernel.
CREATE VIEW triage.pair AS
SELECT 'kernel' AS grouped, name, 'cause' AS counted, part, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'kernel_cause' AND crashes > 0
UNION ALL SELECT 'kernel', part, 'host', name, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'host_kernel' AND crashes > 0
UNION ALL SELECT 'kernel', kernel, 'kernel', kernel, crashes, first_s, last_s FROM fleet.kernel WHERE crashes > 0
UNION ALL SELECT 'hardware', name, 'cause', part, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'hardware_cause' AND crashes > 0
UNION ALL SELECT 'hardware', name, 'host', part, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'hardware_host' AND crashes > 0
UNION ALL SELECT 'hardware', name, 'kernel', part, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'hardware_kernel' AND crashes > 0
UNION ALL SELECT 'cause', name, 'cause', name, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'cause' AND crashes > 0
UNION ALL SELECT 'cause', part, 'host', name, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'host_cause' AND crashes > 0
UNION ALL SELECT 'cause', part, 'kernel', name, crashes, first_s, last_s
FROM fleet.tally WHERE kind = 'kernel_cause' AND crashes > 0;

-- What rules read on a host (schema/views.sql), of all hosts: the same names and columns, with these
-- differences. What stands in evidence is text, as #>> gives it, and a flag 'true' or 'false'. What is not of the
-- kind that it should be is NULL, never an error: one dump's odd evidence must not end everybody's query. Where
-- "brief" is made of much SQL there, it is the headline itself here.

-- What killed the kernel; "place" is ready for a headline: " in f+0x5 [module], comm/pid"; a work item
-- or a timer stands there instead of the task that ran it, or that it interrupted.
CREATE VIEW triage.crash AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{message}' AS message,
	-- the message without the words every panic begins with
	replace(evidence #>> '{message}', 'Kernel panic - not syncing: ', '') AS reason,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{task,pid}' AS pid,
	evidence #>> '{task,comm}' AS comm,
	evidence #>> '{rip,address}' AS rip,
	evidence #>> '{rip,symbol}' AS symbol,
	evidence #>> '{rip,offset}' AS "offset",
	evidence #>> '{rip,module}' AS module,
	evidence #>> '{fault,address}' AS fault_address,
	evidence #>> '{fault,class}' AS fault_class,
	evidence #>> '{fault,access}' AS access,
	evidence #>> '{instruction,text}' AS instruction,
	evidence #>> '{divisor}' AS divisor,
	-- the instruction at hand, where its operand is the address that could not be reached
	CASE WHEN evidence #>> '{fault,why}' IS NULL THEN NULL ELSE evidence #>> '{instruction,text}' END AS accessed_by,
	evidence #>> '{fault,why}' AS address_from,
	evidence #>> '{fault,pointer}' AS pointer,
	evidence #>> '{fault,errno}' AS errno,
	evidence #>> '{fault,array}' AS "array",
	evidence #>> '{fault,index}' AS "index",
	coalesce(' in ' || (evidence #>> '{rip,symbol}') || '+' ||
		('0x' || CASE WHEN (evidence #>> '{rip,offset}') ~ '^[0-9]{1,18}$' THEN to_hex(((evidence #>> '{rip,offset}'))::bigint) END), '') ||
		coalesce(' [' || (evidence #>> '{rip,module}') || ']', '') ||
		coalesce(', called from ' || (evidence #>> '{culprit,symbol}') || '+' ||
			('0x' || CASE WHEN (evidence #>> '{culprit,offset}') ~ '^[0-9]{1,18}$' THEN to_hex(((evidence #>> '{culprit,offset}'))::bigint) END) ||
			coalesce(' [' || (evidence #>> '{culprit,module}') || ']', ''), '') ||
		coalesce(', called by ' || (evidence #>> '{module_caller,symbol}') || ' [' ||
			(evidence #>> '{module_caller,module}') || ']', '') ||
		coalesce(', ' || coalesce(evidence #>> '{context,who}',
			coalesce(nullif(evidence #>> '{task,comm}', '') || '/', 'pid ') ||
			(evidence #>> '{task,pid}')), '') AS place,
	-- where the fault is: the caller of a helper that only noticed, else the place itself
	evidence #>> '{culprit,symbol}' AS culprit,
	coalesce(' in ' || coalesce(evidence #>> '{culprit,symbol}', evidence #>> '{rip,symbol}') || '+' ||
		('0x' || CASE WHEN (coalesce(evidence #>> '{culprit,offset}', evidence #>> '{rip,offset}')) ~ '^[0-9]{1,18}$' THEN to_hex(((coalesce(evidence #>> '{culprit,offset}', evidence #>> '{rip,offset}')))::bigint) END), '') ||
		coalesce(' [' || CASE WHEN evidence #>> '{culprit,symbol}' IS NULL THEN evidence #>> '{rip,module}' ELSE evidence #>> '{culprit,module}' END || ']', '') ||
		coalesce(', called by ' || (evidence #>> '{module_caller,symbol}') || ' [' ||
			(evidence #>> '{module_caller,module}') || ']', '') ||
		coalesce(', ' || coalesce(evidence #>> '{context,who}',
			coalesce(nullif(evidence #>> '{task,comm}', '') || '/', 'pid ') ||
			(evidence #>> '{task,pid}')), '') AS culprit_place,
	-- its function alone
	coalesce(' in ' || coalesce(evidence #>> '{culprit,symbol}', evidence #>> '{rip,symbol}'), '') ||
		coalesce(' [' || CASE WHEN evidence #>> '{culprit,symbol}' IS NULL THEN evidence #>> '{rip,module}' ELSE evidence #>> '{culprit,module}' END || ']', '') AS culprit_code,
	-- the same, as advice names it: "f() [module]"; and the module alone
	coalesce(evidence #>> '{culprit,symbol}', evidence #>> '{rip,symbol}') || '()' ||
		coalesce(' [' || CASE WHEN evidence #>> '{culprit,symbol}' IS NULL THEN evidence #>> '{rip,module}' ELSE evidence #>> '{culprit,module}' END || ']', '') AS function,
	CASE WHEN evidence #>> '{culprit,symbol}' IS NULL THEN evidence #>> '{rip,module}' ELSE evidence #>> '{culprit,module}' END AS culprit_module,
	coalesce(', ' || coalesce(evidence #>> '{context,who}',
		coalesce(nullif(evidence #>> '{task,comm}', '') || '/', 'pid ') ||
		(evidence #>> '{task,pid}')), '') AS task,
	evidence #>> '{lockup_s}' AS lockup_s,
	evidence #>> '{lock,address}' AS spins_for,
	(evidence #>> '{work,function}') || coalesce(' [' || (evidence #>> '{work,module}') || ']', '') AS work,
	evidence #>> '{stall,starved}' AS starved,
	-- 'memory' or 'log': what tells of the crash
	CASE WHEN evidence #>> '{why}' LIKE '%log%' THEN 'log' ELSE 'memory' END AS source,
	evidence #>> '{why}' AS why,
	evidence #>> '{context,kind}' AS context,
	evidence #>> '{context,function}' AS context_function
FROM triage.finding WHERE code = 'crash';

-- A report of the kernel in its log: one block about one event, in the log's order.
CREATE VIEW triage.report AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{outcome}' AS outcome,
	evidence #>> '{time_s}' AS time_s,
	evidence #>> '{first_line}' AS first_line,
	evidence #>> '{message}' AS message,
	-- the first line that is no form's: what the check that failed says of it
	trim(evidence #>> '{details,0}') AS words,
	evidence #>> '{work}' AS work,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{pid}' AS pid,
	evidence #>> '{comm}' AS comm,
	evidence #>> '{seconds}' AS seconds,
	-- of lockdep: the lock that is taken, and the one it is at odds with
	evidence #>> '{wanted,name}' AS wanted,
	evidence #>> '{other,name}' AS other,
	-- the sort of crash it would have been
	CASE evidence #>> '{kind}' WHEN 'null_dereference' THEN 'null_dereference'
		WHEN 'page_fault' THEN 'wild_pointer' WHEN 'general_protection' THEN 'wild_pointer'
		WHEN 'stack_segment' THEN 'wild_pointer' WHEN 'divide_error' THEN 'divide_error'
		WHEN 'stack_overflow' THEN 'stack_overflow' WHEN 'bug' THEN 'assertion'
		WHEN 'invalid_opcode' THEN 'assertion'
		ELSE CASE evidence #>> '{outcome}' WHEN 'broken' THEN 'memory_corruption'
			WHEN 'stuck' THEN 'lockup' ELSE 'unknown' END END AS cause,
	evidence #>> '{rip,symbol}' AS symbol,
	evidence #>> '{rip,module}' AS module,
	coalesce(' in ' || (evidence #>> '{rip,symbol}') || '+' ||
		('0x' || CASE WHEN (evidence #>> '{rip,offset}') ~ '^[0-9]{1,18}$' THEN to_hex(((evidence #>> '{rip,offset}'))::bigint) END), '') ||
		coalesce(' [' || (evidence #>> '{rip,module}') || ']', '') ||
		coalesce(', ' || (evidence #>> '{comm}') || '/' || (evidence #>> '{pid}'), '') AS place
FROM triage.finding WHERE code = 'log.report';

-- An analysis that could not begin, or broke off.
CREATE VIEW triage.failure AS
SELECT dump, number AS finding, severity, headline,
	evidence #>> '{analyzer}' AS analyzer,
	evidence #>> '{why}' AS why
FROM triage.finding WHERE code = 'analysis.failed';

-- A part that could not be had: of a step, or "pages" that an analysis asked for.
CREATE VIEW triage.missing AS
SELECT dump, number AS finding,
	evidence #>> '{step}' AS step,
	evidence #>> '{why}' AS why
FROM triage.finding WHERE code = 'degraded';

-- The machine and its kernel.
CREATE VIEW triage.system AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{release}' AS release,
	evidence #>> '{hostname}' AS hostname,
	evidence #>> '{hardware}' AS hardware,
	evidence #>> '{uptime_s}' AS uptime_s,
	evidence #>> '{cpus}' AS cpus,
	evidence #>> '{types_probed}' AS types_probed,
	evidence #>> '{last_unloaded}' AS last_unloaded
FROM triage.finding WHERE code = 'system';

-- A CPU that does not answer.
CREATE VIEW triage.silent_cpu AS
SELECT dump, number AS finding, confidence, headline,
	headline AS brief,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{task,pid}' AS pid,
	evidence #>> '{task,comm}' AS comm,
	evidence #>> '{culprit,symbol}' AS symbol,
	evidence #>> '{culprit,module}' AS module,
	evidence #>> '{interrupts_off}' AS interrupts_off,
	evidence #>> '{behind_s}' AS behind_s,
	evidence #>> '{raised}' AS raised,
	evidence #>> '{waits_itself}' AS waits_itself,
	evidence #>> '{why}' AS why
FROM triage.finding WHERE code = 'cpu.silent';

-- Signs that a virtual machine was not run by its host.
CREATE VIEW triage.host_pause AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{host_pause,seconds}' AS seconds,
	evidence #>> '{host_pause,cpus}' AS cpus,
	evidence #>> '{host_pause,idle}' AS idle,
	evidence #>> '{host_pause,why}' AS why
FROM triage.finding WHERE code = 'log.host_pause';

-- A lock that somebody waits for; waiters and holders have views of their own.
CREATE VIEW triage.lock AS
SELECT dump, number AS finding, confidence,
	code, headline,
	CASE jsonb_typeof(evidence -> 'waiters') WHEN 'array' THEN jsonb_array_length(evidence -> 'waiters') END AS waiters,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{address}' AS address,
	evidence #>> '{name}' AS name,
	evidence #>> '{state}' AS state,
	evidence #>> '{device}' AS device,
	evidence #>> '{owner,text}' AS owner,
	-- no lock: a function that tasks sleep in, which no table of ours names
	coalesce(evidence #>> '{unnamed}', 'false') AS unnamed
FROM triage.finding WHERE place = 'locks[]';

-- Addresses and who owns them.
CREATE VIEW triage.object AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{where}' AS "where",
	evidence #>> '{value}' AS value,
	evidence #>> '{owner,kind}' AS kind,
	evidence #>> '{owner,cache}' AS cache,
	evidence #>> '{owner,start}' AS start,
	evidence #>> '{owner,offset}' AS "offset",
	evidence #>> '{owner,state}' AS state,
	evidence #>> '{owner,size}' AS size,
	-- of the image, a module, per-CPU memory: "name+0x12"; of vmalloc: who allocated it
	evidence #>> '{owner,symbol}' AS symbol,
	-- a register's, into a free object: the function that faulted accesses memory by it
	coalesce(evidence #>> '{used}', 'false') AS used
FROM triage.finding WHERE place = 'memory.pointers[]';

-- A user process that crashed, by its line in the kernel log.
CREATE VIEW triage.segfault AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{time_s}' AS time_s,
	evidence #>> '{comm}' AS comm,
	evidence #>> '{pid}' AS pid,
	evidence #>> '{address}' AS address,
	evidence #>> '{ip}' AS ip,
	evidence #>> '{object}' AS object,
	evidence #>> '{offset}' AS "offset",
	evidence #>> '{access}' AS access,
	evidence #>> '{class}' AS class,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{trap}' AS trap,
	evidence #>> '{instruction}' AS instruction,
	coalesce(evidence #>> '{function}', evidence #>> '{symbol}') AS symbol,
	evidence #>> '{operand}' AS operand,
	evidence #>> '{evidence}' AS file_evidence,
	evidence #>> '{symbol_offset}' AS symbol_offset,
	evidence #>> '{file}' AS file,
	evidence #>> '{line}' AS line,
	CASE WHEN evidence #>> '{times}' ~ '^[0-9]{1,9}$' THEN (evidence #>> '{times}')::bigint ELSE 1 END AS times
FROM triage.finding WHERE place = 'log.segfaults[]';

-- The user program's crash that a log is about, where the kernel itself did not die: at the place
-- with most of them, the first one there. did: what it did, for a headline.
CREATE VIEW triage.user_crash AS
SELECT dump, finding, confidence, trap, class, access, address, instruction, times,
	-- not more than the last 500 are findings
	coalesce((SELECT CASE WHEN f.evidence #>> '{segfault_count}' ~ '^[0-9]{1,9}$' THEN (f.evidence #>> '{segfault_count}')::bigint END FROM triage.finding f
		WHERE f.dump = user_crash_of.dump AND f.code = 'log.segfaults'), times) - times AS others,
	coalesce('; in the source it is ' || operand, '') ||
	CASE WHEN file_evidence = 'inferred' THEN '; the log has no code to compare: the file at hand is taken for the one that ran, by its size and the access' ELSE '' END ||
	CASE coalesce((SELECT CASE WHEN f.evidence #>> '{segfault_count}' ~ '^[0-9]{1,9}$' THEN (f.evidence #>> '{segfault_count}')::bigint END FROM triage.finding f
		WHERE f.dump = user_crash_of.dump AND f.code = 'log.segfaults'), times) - times
		WHEN 0 THEN '' WHEN 1 THEN '; one more crash of a user program is in the log'
		ELSE '; ' || ((SELECT CASE WHEN f.evidence #>> '{segfault_count}' ~ '^[0-9]{1,9}$' THEN (f.evidence #>> '{segfault_count}')::bigint END FROM triage.finding f
		WHERE f.dump = user_crash_of.dump AND f.code = 'log.segfaults') - times) ||
			' more crashes of user programs are in the log' END AS more,
	comm || '/' || pid AS program,
	CASE WHEN file IS NOT NULL THEN 'Read the named line, and who gave it what it used.'
		WHEN access = 'execute' THEN 'The return address is on the stack: take a core (ulimit -c, coredumpctl), the log does not have it.'
		WHEN "offset" IS NOT NULL THEN 'Disassemble the named file at the offset: objdump -d --start-address=OFFSET FILE, or addr2line -fie FILE OFFSET.'
		ELSE 'The log does not name the file the address lies in: see the program''s /proc/PID/maps, or take a core (ulimit -c, coredumpctl).' END
		AS next_step,
	CASE WHEN "offset" IS NOT NULL THEN ' in ' || object || '+' || ('0x' || CASE WHEN ("offset") ~ '^[0-9]{1,18}$' THEN to_hex((("offset"))::bigint) END) ||
			coalesce(' (' || symbol || '+' || ('0x' || CASE WHEN (symbol_offset) ~ '^[0-9]{1,18}$' THEN to_hex(((symbol_offset))::bigint) END) ||
			coalesce(', ' || file || ':' || line, '') || ')', '')
		WHEN access = 'execute' THEN '' ELSE ' at ' || ip END AS place,
	CASE WHEN times > 1 THEN ', ' || times || ' times' ELSE '' END AS often,
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
	FROM triage.segfault) AS user_crash_of
WHERE rank = 1
	AND NOT EXISTS (SELECT 1 FROM triage.crash c WHERE c.dump = user_crash_of.dump
		AND c.kind NOT IN ('unknown', 'none'));

-- Different programs that crashed on one core.
CREATE VIEW triage.segfault_core AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{segfault_core,cpu}' AS cpu,
	evidence #>> '{segfault_core,programs}' AS programs,
	evidence #>> '{segfault_core,of}' AS "of",
	evidence #>> '{segfault_core,cpus}' AS cpus,
	evidence #>> '{segfault_core,cpus_known}' AS cpus_known,
	evidence #>> '{segfault_core,chance}' AS chance
FROM triage.finding WHERE code = 'log.segfaults' AND evidence #>> '{segfault_core,cpu}' IS NOT NULL;

-- A line of the kernel log that matters.
CREATE VIEW triage.log_event AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{time_s}' AS time_s,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{severity}' AS severity,
	evidence #>> '{text}' AS text,
	evidence #>> '{detail}' AS detail,
	evidence #>> '{device}' AS device,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{count}' AS count
FROM triage.finding WHERE place = 'log.events[]';

-- What went wrong by the log where nothing crashed.
CREATE VIEW triage.trouble AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{severity}' AS severity,
	evidence #>> '{text}' AS text,
	evidence #>> '{device}' AS device
FROM triage.finding WHERE code = 'log.trouble';

-- The earliest event that explains the crash, or the trouble.
CREATE VIEW triage.first_cause AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{text}' AS text,
	evidence #>> '{device}' AS device,
	evidence #>> '{distance_s}' AS distance_s,
	evidence #>> '{led_to}' AS led_to
FROM triage.finding WHERE code = 'log.first_cause';

-- A machine check.
CREATE VIEW triage.mce AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{bank}' AS bank,
	evidence #>> '{status}' AS status,
	evidence #>> '{address}' AS address,
	evidence #>> '{severity}' AS severity,
	evidence #>> '{words}' AS words
FROM triage.finding WHERE place = 'log.mce[]';

-- A call of the OOM killer.
CREATE VIEW triage.oom AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{time_s}' AS time_s,
	evidence #>> '{constraint}' AS "constraint",
	evidence #>> '{end}' AS "end",
	evidence #>> '{asked}' AS asked,
	evidence #>> '{invoker,comm}' AS invoker,
	evidence #>> '{victim,comm}' AS victim,
	evidence #>> '{victim,pid}' AS victim_pid,
	evidence #>> '{cgroup}' AS cgroup,
	evidence #>> '{limit_kb}' AS limit_kb,
	-- pages in a row that were asked for, as a power of two; memory of the machine
	evidence #>> '{order}' AS "order",
	evidence #>> '{free_kb}' AS free_kb,
	evidence #>> '{total_kb}' AS total_kb,
	evidence #>> '{gfp_mask}' AS gfp_mask,
	evidence #>> '{eater}' AS eater
FROM triage.finding WHERE place = 'log.oom[]';

-- All calls of the OOM killer in one sentence.
CREATE VIEW triage.oom_kills AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{oom_kills,count}' AS count
FROM triage.finding WHERE code = 'log.oom_kills';

-- Who waits for a tasklet that is due and disabled.
CREATE VIEW triage.tasklet AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{name}' AS name,
	(evidence #>> '{task,comm}') || '/' || (evidence #>> '{task,pid}') AS waiter
FROM triage.finding WHERE code = 'stuck.tasklet';

-- What does not go on though no task holds a lock.
CREATE VIEW triage.stuck AS
SELECT dump, number AS finding, confidence, headline,
	-- the same in one line
	coalesce(evidence #>> '{brief}', headline) AS brief,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{seconds}' AS seconds,
	evidence #>> '{behind}' AS behind,
	evidence #>> '{cpu}' AS cpu,
	evidence #>> '{realtime}' AS realtime,
	evidence #>> '{device}' AS device,
	evidence #>> '{queue}' AS queue,
	evidence #>> '{function}' AS function
FROM triage.finding WHERE place = 'stuck[]';

-- The wait-for graph as a whole.
CREATE VIEW triage.waits AS
SELECT dump, number AS finding, confidence,
	headline,
	-- the same in one line
	coalesce(evidence #>> '{brief}', CASE WHEN length(headline) <= 100 THEN headline
		WHEN strpos(headline, ', which waits') > 0 THEN substr(headline, 1, strpos(headline, ', which waits') - 1)
		WHEN strpos(headline, ', asleep in') > 0 THEN substr(headline, 1, strpos(headline, ', asleep in') - 1)
		ELSE headline END) AS brief,
	CASE jsonb_typeof(evidence -> 'cycles') WHEN 'array' THEN jsonb_array_length(evidence -> 'cycles') END AS cycles,
	CASE jsonb_typeof(evidence -> 'roots') WHEN 'array' THEN jsonb_array_length(evidence -> 'roots') END AS roots,
	evidence #>> '{edge_count}' AS edges,
	evidence #>> '{roots,0,victims}' AS victims,
	evidence #>> '{roots,0,task,pid}' AS root_pid,
	nullif(evidence #>> '{roots,0,task,comm}', '') AS root_comm,
	evidence #>> '{roots,0,doing}' AS root_doing,
	coalesce(evidence #>> '{roots,0,holder_known}', 'false') AS holder_known,
	evidence #>> '{roots,0,lock}' AS root_lock,
	-- the holder is no more: it ended with the lock in hand
	coalesce(evidence #>> '{roots,0,ended}', 'false') AS root_ended,
	-- or its system call returned with it
	coalesce(evidence #>> '{roots,0,left}', 'false') AS root_left,
	evidence #>> '{io,tasks}' AS io_tasks,
	-- The root runs, or waits for I/O, and nobody has waited for long: as on any busy machine.
	-- NULL where it does, and how long anybody has waited is not known.
	CASE WHEN jsonb_typeof(evidence -> 'cycles') = 'array' AND evidence -> 'cycles' = '[]' AND
			(evidence #>> '{roots,0,io}' = 'true' OR (evidence #>> '{roots,0,holder_known}' = 'true' AND
			evidence #>> '{roots,0,task,state}' = 'R' AND coalesce(evidence #>> '{roots,0,left}', 'false') <> 'true'))
		THEN CASE jsonb_typeof(evidence #> '{longest,blocked_s}') WHEN 'number'
			THEN (evidence #>> '{longest,blocked_s}')::double precision < 10 END ELSE FALSE END AS moving,
	evidence #>> '{longest,blocked_s}' AS longest_s
FROM triage.finding WHERE code = 'waits';

-- Stack of the panic task, innermost first.
CREATE VIEW triage.frame AS
SELECT f.dump, f.number AS finding,
	j.key - 1 AS position,
	j.value #>> '{address}' AS address,
	j.value #>> '{symbol}' AS symbol,
	j.value #>> '{offset}' AS "offset",
	j.value #>> '{module}' AS module,
	j.value #>> '{kind}' AS kind,
	j.value #>> '{found_by}' AS found_by
FROM triage.finding f, jsonb_array_elements(CASE jsonb_typeof(f.evidence -> 'backtrace') WHEN 'array' THEN f.evidence -> 'backtrace' END) WITH ORDINALITY AS j(value, key) WHERE f.code = 'backtrace.panic';

-- A task that waits for a lock, in the lock's order.
CREATE VIEW triage.waiter AS
SELECT f.dump, f.number AS finding,
	j.key - 1 AS position,
	j.value #>> '{task,pid}' AS pid,
	j.value #>> '{task,comm}' AS comm,
	j.value #>> '{mode}' AS mode,
	f.evidence #>> '{address}' AS lock
FROM triage.finding f, jsonb_array_elements(CASE jsonb_typeof(f.evidence -> 'waiters') WHEN 'array' THEN f.evidence -> 'waiters' END) WITH ORDINALITY AS j(value, key) WHERE f.place = 'locks[]';

-- A task that holds a lock, or may; pid is NULL where the holder is missing.
CREATE VIEW triage.holder AS
SELECT f.dump, f.number AS finding,
	j.value #>> '{task,pid}' AS pid,
	j.value #>> '{task,comm}' AS comm,
	j.value #>> '{mode}' AS mode,
	j.value #>> '{evidence}' AS evidence,
	j.value #>> '{confidence}' AS confidence,
	j.value #>> '{why}' AS why,
	f.evidence #>> '{address}' AS lock
FROM triage.finding f, jsonb_array_elements(CASE jsonb_typeof(f.evidence -> 'holders') WHEN 'array' THEN f.evidence -> 'holders' END) WITH ORDINALITY AS j(value, key) WHERE f.place = 'locks[]';

-- An edge of the wait-for graph; "to" is NULL where the holder is missing.
CREATE VIEW triage.wait AS
SELECT f.dump, f.number AS finding,
	j.value #>> '{from}' AS "from",
	j.value #>> '{to}' AS "to",
	j.value #>> '{lock}' AS lock,
	j.value #>> '{evidence}' AS evidence,
	j.value #>> '{confidence}' AS confidence
FROM triage.finding f, jsonb_array_elements(CASE jsonb_typeof(f.evidence -> 'edges') WHEN 'array' THEN f.evidence -> 'edges' END) WITH ORDINALITY AS j(value, key) WHERE f.code = 'waits';

-- Blocked tasks; "stack" is the same for those whose stacks are.
CREATE VIEW triage.task AS
SELECT f.dump, f.number AS finding, g.key - 1 AS stack,
	t.value #>> '{pid}' AS pid,
	t.value #>> '{tgid}' AS tgid,
	t.value #>> '{comm}' AS comm,
	t.value #>> '{address}' AS address,
	t.value #>> '{state}' AS state,
	CASE WHEN t.value #>> '{blocked_s}' ~ '^[0-9]{1,9}([.][0-9]*)?$' THEN (t.value #>> '{blocked_s}')::double precision END AS blocked_s
FROM triage.finding f, jsonb_array_elements(CASE jsonb_typeof(f.evidence -> 'blocked') WHEN 'array' THEN f.evidence -> 'blocked' END) WITH ORDINALITY AS g(value, key), jsonb_array_elements(CASE jsonb_typeof(g.value -> 'tasks') WHEN 'array' THEN g.value -> 'tasks' END) WITH ORDINALITY AS t(value, key)
WHERE f.code = 'tasks';

-- A frame of blocked tasks' stack; "stack" is the task's.
CREATE VIEW triage.task_frame AS
SELECT f.dump, f.number AS finding, g.key - 1 AS stack, j.key - 1 AS position,
	j.value #>> '{symbol}' AS symbol,
	j.value #>> '{module}' AS module
FROM triage.finding f, jsonb_array_elements(CASE jsonb_typeof(f.evidence -> 'blocked') WHEN 'array' THEN f.evidence -> 'blocked' END) WITH ORDINALITY AS g(value, key), jsonb_array_elements(CASE jsonb_typeof(g.value -> 'backtrace') WHEN 'array' THEN g.value -> 'backtrace' END) WITH ORDINALITY AS j(value, key)
WHERE f.code = 'tasks';

-- A register that made an address no CPU accepts, with the bytes of its value in memory order.
CREATE VIEW triage.bad_register AS
SELECT dump, number AS finding, confidence, code,
	evidence #>> '{register}' AS register,
	evidence #>> '{value}' AS value,
	evidence #>> '{bytes}' AS bytes
FROM triage.finding WHERE code IN ('fault.stack_segment', 'fault.non_canonical');

-- The object a bad value was read from.
CREATE VIEW triage.bad_holder AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{address}' AS address,
	evidence #>> '{type}' AS type,
	evidence #>> '{member}' AS member,
	evidence #>> '{offset}' AS "offset",
	evidence #>> '{owner,cache}' AS cache,
	evidence #>> '{owner,start}' AS start,
	evidence #>> '{owner,state}' AS state,
	evidence #>> '{owner,kind}' AS owner,
	-- of a stack: the function whose frame it is
	evidence #>> '{owner,symbol}' AS frame,
	-- and whose stack it is
	evidence #>> '{owner,task,pid}' AS stack_pid,
	(evidence #>> '{owner,task,comm}') || '/' || (evidence #>> '{owner,task,pid}') AS stack_of,
	-- with slub_debug=U
	evidence #>> '{owner,allocated_by,symbol}' AS allocated_by,
	evidence #>> '{owner,freed_by,symbol}' AS freed_by
FROM triage.finding WHERE code = 'memory.holder';

-- A free list with a bad pointer in it.
CREATE VIEW triage.freelist AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{cache}' AS cache,
	evidence #>> '{object}' AS object,
	evidence #>> '{raw}' AS raw,
	evidence #>> '{decoded}' AS decoded,
	evidence #>> '{evidence}' AS evidence,
	-- the same object twice is no foreign pointer: it was freed twice
	(evidence #>> '{why}') LIKE 'comes back%' AS loop,
	coalesce(evidence #>> '{near}', 'false') AS near
FROM triage.finding WHERE code = 'memory.freelist';

-- Who has most of the memory; share: of all, that the largest use has.
CREATE VIEW triage.memory_usage AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{largest}' AS largest,
	evidence #>> '{share}' AS share,
	-- the cache with most, and the function that RCU is to call for its objects
	evidence #>> '{slabs,0,cache}' AS cache,
	evidence #>> '{slabs,0,kib}' AS cache_kib,
	CASE WHEN evidence #>> '{suspect,rcu}' = 'true' THEN split_part(evidence #>> '{suspect,function}', '+', 1) END AS callback,
	-- who has most in pipes and sockets, which count for its control group
	(evidence #>> '{queues,0,task,comm}') || '/' || (evidence #>> '{queues,0,task,pid}') AS queue_task,
	greatest((evidence #>> '{queues,0,pipes_kib}')::numeric, (evidence #>> '{queues,0,sockets_kib}')::numeric) AS queue_kib,
	CASE WHEN (evidence #>> '{queues,0,pipes_kib}')::numeric >= (evidence #>> '{queues,0,sockets_kib}')::numeric
		THEN 'pipes' ELSE 'sockets' END AS queue_what,
	(SELECT p.value #>> '{cgroup}' FROM jsonb_array_elements(
		CASE jsonb_typeof(evidence -> 'processes') WHEN 'array' THEN evidence -> 'processes' ELSE '[]' END) AS p(value)
		WHERE p.value #>> '{task,address}' = evidence #>> '{queues,0,task,address}' LIMIT 1) AS queue_cgroup
FROM triage.finding WHERE code = 'memory.usage';

-- What a bad value may be.
CREATE VIEW triage.hypothesis AS
SELECT dump, number AS finding, confidence,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{text}' AS text
FROM triage.finding WHERE code = 'memory.hypothesis';

-- An object written beyond its end.
CREATE VIEW triage.overrun AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{cache}' AS cache,
	evidence #>> '{overrun_from}' AS overrun_from,
	evidence #>> '{object}' AS object
FROM triage.finding WHERE code = 'memory.overrun';

-- Code compared with its file ("vmlinux", "module") or with the oops in the log ("log").
CREATE VIEW triage.text AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{against}' AS against,
	evidence #>> '{class}' AS class,
	evidence #>> '{symbol}' AS symbol,
	evidence #>> '{module}' AS module,
	evidence #>> '{bytes}' AS bytes,
	evidence #>> '{difference_count}' AS differences
FROM triage.finding WHERE code = 'memory.text';

-- Whether the object that held a bad value is otherwise sound.
CREATE VIEW triage.object_sanity AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{cache}' AS cache,
	evidence #>> '{start}' AS start,
	evidence #>> '{state}' AS state,
	evidence #>> '{damage}' AS damage,
	-- 1: the data that are wrong begin with the very word that was used
	CASE WHEN (evidence #>> '{stretch,from}')::numeric > 0 AND (evidence #>> '{stretch,from}') =
		(SELECT h.evidence #>> '{owner,offset}' FROM triage.finding h WHERE h.dump = finding.dump
			AND h.code = 'memory.holder' LIMIT 1) THEN 1 ELSE 0 END AS begins_there
FROM triage.finding WHERE code = 'memory.object';

-- A chain without an end that a CPU goes along.
CREATE VIEW triage.endless_chain AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{node}' AS node,
	evidence #>> '{length}' AS length,
	evidence #>> '{owner,cache}' AS cache,
	evidence #>> '{list}' AS list,
	evidence #>> '{leads_to}' AS leads_to,
	evidence #>> '{walker}' AS walker
FROM triage.finding WHERE code = 'memory.endless_chain';

-- A word of memory that a CPU waits for, in a loop which nothing else ends.
CREATE VIEW triage.awaited AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{address}' AS address,
	evidence #>> '{name}' AS name,
	evidence #>> '{value}' AS value,
	evidence #>> '{function}' AS function
FROM triage.finding WHERE code = 'cpu.awaited';

-- What a check of the kernel's own was about, where it stopped the machine.
CREATE VIEW triage.blamed AS
SELECT dump, number AS finding, confidence, headline,
	-- without who owns the memory, what the value looks like, and what it should be
	replace(replace(substr(headline, 1, strpos(headline || ' (', ' (') - 1), 'the list node at ', 'node '),
		'node ' || (evidence #>> '{address}'), 'node ' || coalesce('on the stack of ' || (evidence #>> '{owner,task,comm}') ||
			'/' || (evidence #>> '{owner,task,pid}'), evidence #>> '{address}')) AS brief,
	evidence #>> '{what}' AS what,
	evidence #>> '{address}' AS address,
	evidence #>> '{owner,cache}' AS cache,
	evidence #>> '{owner,start}' AS start,
	evidence #>> '{owner,state}' AS state,
	evidence #>> '{owner,kind}' AS owner,
	-- of an object that is a task
	CASE WHEN evidence #>> '{owner,kind}' = 'slab' THEN (evidence #>> '{owner,task,comm}') || '/' ||
		(evidence #>> '{owner,task,pid}') END AS task
FROM triage.finding WHERE code = 'memory.blamed';

-- A function's frame whose canary was overwritten.
CREATE VIEW triage.stack_damage AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{function}' AS function,
	evidence #>> '{given_to}' AS given_to
FROM triage.finding WHERE code = 'memory.stack';

-- A call or return to where no function begins.
CREATE VIEW triage.bad_call AS
SELECT dump, number AS finding, confidence, headline,
	headline AS brief,
	evidence #>> '{way}' AS way,
	coalesce(evidence #>> '{kind}', evidence #>> '{owner,kind}') AS kind,
	evidence #>> '{target}' AS target,
	-- what the target is instead of code, in two words
	CASE WHEN evidence #>> '{owner,cache}' IS NOT NULL THEN (evidence #>> '{owner,cache}') || ' data'
		WHEN evidence #>> '{owner,kind}' = 'stack' THEN 'a stack'
		ELSE evidence #>> '{target}' END AS target_words,
	evidence #>> '{place}' AS place,
	evidence #>> '{last_unloaded}' AS last_unloaded,
	evidence #>> '{unloaded_tainted}' AS unloaded_tainted
FROM triage.finding WHERE code = 'memory.call';

-- A linked list that is broken in one place.
CREATE VIEW triage.broken_list AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{kind}' AS kind,
	evidence #>> '{at}' AS at,
	evidence #>> '{found}' AS found,
	evidence #>> '{good}' AS good,
	evidence #>> '{node}' AS node,
	evidence #>> '{bit}' AS bit,
	evidence #>> '{link}' AS link,
	evidence #>> '{shape}' AS shape,
	evidence #>> '{broken}' AS broken,
	evidence #>> '{leads_to_fault}' AS leads,
	evidence #>> '{owner,text}' AS owner,
	evidence #>> '{owner,state}' AS state
FROM triage.finding WHERE code = 'memory.list';

-- An object freed while it was free.
CREATE VIEW triage.double_free AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{cache}' AS cache,
	evidence #>> '{object}' AS object,
	evidence #>> '{freed_by,symbol}' AS freed_by
FROM triage.finding WHERE code = 'memory.double_free';

-- What slab debugging reported.
CREATE VIEW triage.slab_report AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{cache}' AS cache,
	evidence #>> '{problem}' AS problem,
	evidence #>> '{object}' AS object,
	evidence #>> '{bytes}' AS bytes,
	evidence #>> '{allocated_by}' AS allocated_by,
	evidence #>> '{freed_by}' AS freed_by
FROM triage.finding WHERE code = 'memory.slab_report';

-- An entry of the page tables that is wrong, which the crash came by.
CREATE VIEW triage.page_entry AS
SELECT dump, number AS finding, confidence, headline,
	evidence #>> '{address}' AS address,
	evidence #>> '{at}' AS at,
	evidence #>> '{found}' AS found,
	evidence #>> '{good}' AS good,
	evidence #>> '{bit}' AS bit
FROM triage.finding WHERE code = 'memory.page_entry';

-- For the rules of the fleet (rules/fleet). Kernel releases in their order: numbers of ten digits each, so that text
-- compares as they do, whatever the collation; of one series (6.1) and one flavour (-cloud-amd64) alone. hosts: that have
-- run it since their forwarders say so, 0 where none has.
CREATE VIEW triage.release AS
SELECT kernel, crashes, hosts, first_s, last_s, ordinal, substr(ordinal, 1, 20) AS series, flavour
FROM (SELECT kernel, crashes, hosts, first_s, last_s,
		regexp_replace(regexp_replace(regexp_replace(regexp_replace(kernel, '[._-](x86_64|amd64)$', ''),
			'([0-9]+)', '0000000000\1', 'g'), '[0-9]*([0-9]{10})', '\1', 'g'), '[^0-9]+', '', 'g') AS ordinal,
		regexp_replace(lower(kernel), '[^a-z]+', '', 'g') AS flavour
	FROM (SELECT coalesce(k.kernel, r.kernel) AS kernel, coalesce(k.crashes, 0) AS crashes, coalesce(r.hosts, 0) AS hosts,
			k.first_s, k.last_s
		FROM (SELECT * FROM fleet.kernel WHERE crashes > 0) k FULL JOIN (SELECT kernel, count(*) AS hosts
			FROM fleet.running GROUP BY kernel) r ON r.kernel = k.kernel) b) k;

-- Parts of machines by what was found in a crash: what fills fleet.part.
CREATE VIEW triage.part_of AS
SELECT seq, uid, kind, name, why, cpus, host, hardware, signature, crash_time,
	CASE WHEN kind IN ('disk', 'device') THEN substr(model, 1, 200) END AS model
FROM (SELECT c.seq, c.uid, c.host, c.hardware, c.signature, c.crash_time, s.cpus,
		CASE WHEN j.value ->> 'code' = 'crash' OR j.value ->> 'code' = 'log.segfaults'
				OR j.value ->> 'place' = 'log.mce[]' THEN 'core'
			WHEN j.value #>> '{evidence,kind}' = 'memory_error' THEN 'dimm'
			WHEN j.value #>> '{evidence,kind}' IN ('ata', 'scsi', 'nvme', 'multipath', 'raid', 'io_error',
				'filesystem_error') THEN 'disk'
			WHEN j.value #>> '{evidence,kind}' IN ('pcie_error', 'iommu_fault', 'usb', 'nic', 'netdev_watchdog',
				'gpu_error') THEN 'device' END AS kind,
		substr(CASE WHEN j.value ->> 'code' = 'log.segfaults' THEN j.value #>> '{evidence,segfault_core,cpu}'
			WHEN j.value ->> 'code' = 'crash' OR j.value ->> 'place' = 'log.mce[]' THEN j.value #>> '{evidence,cpu}'
			ELSE j.value #>> '{evidence,device}' END, 1, 200) AS name,
		CASE WHEN j.value ->> 'code' = 'crash' THEN 'crash'
			WHEN j.value ->> 'code' = 'log.segfaults' THEN 'segfaults'
			WHEN j.value ->> 'place' = 'log.mce[]' THEN 'machine_check'
			ELSE substr(j.value #>> '{evidence,kind}', 1, 100) END AS why,
		j.value #>> '{evidence,model}' AS model
	FROM fleet.crash c JOIN triage.findings_of f ON f.uid = c.uid AND f.month = c.month,
		-- OFFSET 0: read into JSONB once, not for each use
		LATERAL (SELECT f.findings AS list OFFSET 0) l,
		jsonb_array_elements(l.list) AS j(value),
		(SELECT 0 AS one) o LEFT JOIN LATERAL (SELECT
			CASE WHEN (y.value #>> '{evidence,cpus}') ~ '^[0-9]{1,9}$' THEN (y.value #>> '{evidence,cpus}')::bigint END
				AS cpus
		FROM jsonb_array_elements(l.list) AS y(value) WHERE y.value ->> 'code' = 'system' LIMIT 1) s ON TRUE
	WHERE j.value ->> 'code' IN ('crash', 'log.segfaults') OR j.value ->> 'place' = 'log.mce[]'
		OR j.value ->> 'place' = 'log.events[]' AND j.value #>> '{evidence,severity}' IN ('corrected', 'error', 'fatal')) p
WHERE kind IS NOT NULL AND name IS NOT NULL AND why IS NOT NULL;
