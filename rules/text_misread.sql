-- id: text_misread
-- title: a CPU that refused an instruction every CPU has
-- cause: hardware
-- severity: critical
-- confidence: 0.8
-- advice: What the CPU fetched is not what memory holds: look for machine checks and corrected errors of this CPU (rasdaemon, EDAC, the BMC's log), try its latest microcode, and watch whether the same CPU crashes again.
-- advice: In a virtual machine, the hypervisor emulates some instructions: look there too.
-- rules-out: Code overwritten in memory: the bytes are those the oops printed or its file has.
-- see: Documentation/admin-guide/ras.rst
SELECT
	'the CPU raised an invalid opcode at "' || c.instruction || '", which every x86-64 CPU knows, and '
		|| 'the bytes are the same in the dump and in ' || group_concat(CASE t.against
		WHEN 'log' THEN 'the oops' ELSE 'the function''s file' END, ' and ') AS because,
	'CPU ' || coalesce(c.cpu, '?') || ' refused an ordinary instruction' || c.place AS headline,
	c.confidence * CASE WHEN sum(t.against <> 'log') THEN 1 ELSE 0.9 END AS confidence,
	c.finding, min(t.finding) AS finding2
FROM crash c JOIN text t ON t.dump = c.dump AND t.symbol = c.symbol AND t.class = 'same'
WHERE c.dump = :dump AND c.kind = 'invalid_opcode'
	AND c.instruction NOT LIKE '%\%cr%' ESCAPE '\' AND c.instruction NOT LIKE '%\%dr%' ESCAPE '\'
	AND substr(c.instruction, 1, instr(c.instruction || ' ', ' ') - 1) IN (
		'movq', 'movl', 'movw', 'movb', 'mov', 'movzbl', 'movslq', 'lea', 'leaq', 'push', 'pushq',
		'pop', 'popq', 'test', 'testb', 'testl', 'testq', 'cmp', 'cmpb', 'cmpl', 'cmpq', 'add', 'addl',
		'addq', 'sub', 'subl', 'subq', 'xor', 'xorl', 'xorq', 'and', 'andl', 'andq', 'or', 'orl',
		'orq', 'shl', 'shr', 'sar', 'call', 'callq', 'ret', 'retq', 'jmp', 'je', 'jne', 'ja', 'jae',
		'jb', 'jbe', 'jg', 'jge', 'jl', 'jle', 'js', 'jns', 'nop', 'nopl', 'nopw', 'inc', 'dec')
GROUP BY c.finding;
