/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that spin: which lock, and which place in its queue. The lock's address is in a register
 * or on the stack; it is believed when the word it points to fits what the spinner itself shows:
 * its ticket, or the tail of the queue its MCS node is in.
 */
#include "locks/spin_cpus.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/locking/qrwlock.h"
#include "kernel/locking/qspinlock.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/ticket_spinlock.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/unwind/unwind_task.h"

static const struct {
	const char *function;
	bool rwlock;
} spin_table[] = {
#define SPIN(function, rwlock) {function, rwlock},
#include "kernel/locking/spin_functions.def"
#undef SPIN
};

static const char *spin_function(const char *function, bool *rwlock)
{
	for (size_t i = 0; i < ARRAY_SIZE(spin_table); i++)
		if (!strcmp(spin_table[i].function, function)) {
			*rwlock = spin_table[i].rwlock;
			return spin_table[i].function;
		}
	return NULL;
}

#define MACHINERY_FRAMES 24 /* NMI and stop-CPU frames that may lie above the spinning one */

/* The innermost frame that spins. Interrupts and NMIs are passed by, an exception ends it. */
static void find_spin(struct kernel *kernel, struct spin_cpu *cpu)
{
	for (size_t i = 0; i < cpu->trace.count && i < MACHINERY_FRAMES; i++) {
		struct symbol symbol;

		if (!symbols_at(kernel->symbols, frame_lookup_address(&cpu->trace.frames[i]),
				&symbol))
			continue;
		symbol_name_strip_suffix(symbol.name);
		cpu->function = spin_function(symbol.name, &cpu->rwlock);
		cpu->frame = i;
		if (cpu->function || cpu->trace.frames[i].kind == FRAME_EXCEPTION)
			return;
	}
}

/* --- candidates for the lock's address -------------------------------------------------------- */

#define CANDIDATES 96

static size_t candidates(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t *out)
{
	const struct frame *frame = &cpu->trace.frames[cpu->frame];
	size_t n = 0;

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		if (reg != REG_RSP && regs_known(&frame->regs, reg) &&
		    memory_is_kernel(kernel->memory, frame->regs.value[reg]))
			out[n++] = frame->regs.value[reg];
	/* Registers that the slow path and its callers saved. */
	uint64_t sp = frame->sp & ~7ull;
	for (; n < CANDIDATES && sp < frame->sp + 64 * 8; sp += 8) {
		uint64_t word;

		if (!err_ok(memory_read_u64(kernel->memory, sp, &word)))
			break;
		if (memory_is_kernel(kernel->memory, word) && !(word & 3))
			out[n++] = word;
	}
	return n;
}

/* --- ticket locks ----------------------------------------------------------------------------- */

#define TICKETS_OUTSTANDING_MAX 8192

/* The ticket that waits, if these registers hold exactly one such value; else -1. */
static int64_t ticket_among(const struct spinlock_shape *shape, const struct ticket_spinlock *lock,
			    const struct regs *regs, uint32_t looked_at)
{
	int64_t found = -1;

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++) {
		if (!(looked_at >> reg & 1) || !regs_known(regs, reg))
			continue;
		if (ticket_spinlock_position(shape, lock, regs->value[reg]) <= 0)
			continue;
		if (found >= 0 && found != (int64_t)regs->value[reg])
			return -1; /* which of the two is not told */
		found = (int64_t)regs->value[reg];
	}
	return found;
}

#define SPIN_LOOP_MAX 128 /* bytes of a lock function up to its spin loop's end */

/* Registers that the spinning function compares with each other: its ticket and the one served. */
static uint32_t compared_registers(struct kernel *kernel, const struct frame *frame)
{
	uint8_t code[SPIN_LOOP_MAX];
	struct symbol symbol;
	uint32_t compared = 0;

	if (!symbols_at(kernel->symbols, frame_lookup_address(frame), &symbol))
		return 0;
	size_t length = MIN(symbol.size, sizeof(code));
	if (!err_ok(memory_read(kernel->memory, symbol.address, code, length)))
		return 0;
	for (size_t at = 0; at < length;) {
		struct insn insn;

		if (!disasm_one(kernel->disasm, code + at, length - at, symbol.address + at, &insn))
			break;
		if (!strncmp(insn.mnemonic, "cmp", 3) && insn.operand_count == 2 &&
		    insn.operands[0].kind == OPERAND_REGISTER &&
		    insn.operands[1].kind == OPERAND_REGISTER)
			compared |= 1u << insn.operands[0].reg | 1u << insn.operands[1].reg;
		at += insn.size;
	}
	return compared;
}

/* Small tickets look like any other small number: the code says which register to believe. */
static int64_t own_ticket(struct kernel *kernel, const struct spinlock_shape *shape,
			  const struct ticket_spinlock *lock, const struct frame *frame)
{
	int64_t ticket = ticket_among(shape, lock, &frame->regs, compared_registers(kernel, frame));

	return ticket >= 0 ? ticket : ticket_among(shape, lock, &frame->regs, UINT32_MAX);
}

static bool find_ticket(struct kernel *kernel, const struct spinlock_shape *shape,
			struct spin_cpu *cpu)
{
	const struct frame *frame = &cpu->trace.frames[cpu->frame];
	uint64_t list[CANDIDATES];
	size_t count = candidates(kernel, cpu, list);

	for (size_t i = 0; i < count; i++) {
		struct ticket_spinlock lock;
		uint32_t value;

		if ((list[i] & 1) || !err_ok(memory_read_u32(kernel->memory, list[i], &value)))
			continue;
		ticket_spinlock_decode(shape, value, &lock);
		if (lock.outstanding < 2 || lock.outstanding > TICKETS_OUTSTANDING_MAX)
			continue;
		int64_t ticket = own_ticket(kernel, shape, &lock, frame);
		if (ticket < 0)
			continue;
		cpu->lock = list[i];
		cpu->ticket = ticket;
		cpu->position = ticket_spinlock_position(shape, &lock, (uint64_t)ticket);
		return true;
	}
	return false;
}

/* --- queued locks ----------------------------------------------------------------------------- */

struct queue {
	const struct qspinlock_node *nodes;
	size_t count;
};

static const struct qspinlock_node *node_at(const struct queue *queue, uint64_t address)
{
	for (size_t i = 0; address && i < queue->count; i++)
		if (queue->nodes[i].address == address)
			return &queue->nodes[i];
	return NULL;
}

/* The last node of the queue that node stands in; NULL when the chain is broken or loops. */
static const struct qspinlock_node *queue_tail(const struct queue *queue,
					       const struct qspinlock_node *node)
{
	for (size_t steps = 0; steps <= queue->count; steps++) {
		if (!node->next)
			return node;
		node = node_at(queue, node->next);
		if (!node)
			return NULL;
	}
	return NULL;
}

/* How many stand before node in its queue. */
static int64_t queue_ahead(const struct queue *queue, const struct qspinlock_node *node)
{
	int64_t ahead = 0;

	for (size_t i = 0; i < queue->count && ahead <= (int64_t)queue->count; i++)
		if (queue->nodes[i].next == node->address) {
			node = &queue->nodes[i];
			ahead++;
			i = (size_t)-1;
		}
	return ahead;
}

static bool tail_fits(uint32_t value, const struct qspinlock_node *tail, enum qspinlock_tail *form)
{
	for (*form = TAIL_UPSTREAM; *form <= TAIL_EL7; (*form)++) {
		struct qspinlock lock;

		qspinlock_decode(value, *form, &lock);
		if (lock.has_tail && lock.tail_cpu == tail->cpu && lock.tail_index == tail->index)
			return true;
	}
	return false;
}

/* The node a CPU spins with: the last one it took into use. */
static const struct qspinlock_node *own_node(const struct queue *queue, unsigned cpu)
{
	const struct qspinlock_node *own = NULL;

	for (size_t i = 0; i < queue->count; i++)
		if (queue->nodes[i].cpu == cpu)
			own = &queue->nodes[i];
	return own;
}

/* A static key decides since 9043442b43b1 v4.15; before, and in el7, the CPU's hypervisor bit alone does. */
static bool may_test_and_set(struct kernel *kernel)
{
	uint64_t enabled;
	uint64_t key;

	if (!symbols_find(kernel->symbols, "virt_spin_lock_key", &key))
		return true;
	return err_ok(variable_read(kernel, "virt_spin_lock_key", 4, &enabled)) && enabled;
}

/* Where the slow path keeps the lock. */
static const enum reg homes[] = {REG_RDI, REG_RBX, REG_RBP, REG_R12, REG_R13, REG_R14};

/*
 * Under a hypervisor without paravirt spinlocks nobody queues: all spin until the word is 0
 * (virt_spin_lock(), 2c83e8e94923 v4.3). Then the lock is the register that points to a word
 * saying "locked" and nothing else, and there is no order.
 */
static bool find_test_and_set(struct kernel *kernel, struct spin_cpu *cpu)
{
	const struct regs *regs = &cpu->trace.frames[cpu->frame].regs;
	uint32_t value;

	if (!may_test_and_set(kernel))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		if (!regs_known(regs, homes[i]) ||
		    !memory_is_kernel(kernel->memory, regs->value[homes[i]]) ||
		    !err_ok(memory_read_u32(kernel->memory, regs->value[homes[i]], &value)) ||
		    value != 1)
			continue;
		cpu->lock = regs->value[homes[i]];
		return true;
	}
	return false;
}

/* Is a register's value in another one too, as what the slow path needs once more? */
static bool is_kept(const struct regs *regs, enum reg reg)
{
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++)
		if (homes[i] != reg && regs_known(regs, homes[i]) &&
		    regs->value[homes[i]] == regs->value[reg])
			return true;
	return false;
}

/*
 * The slow path's own argument, where the word there is none that a lock can have: nobody will make it 0. A queue
 * has long gone on with other values in that register.
 */
static bool find_overwritten(struct kernel *kernel, bool queued, struct spin_cpu *cpu)
{
	const struct regs *regs = &cpu->trace.frames[cpu->frame].regs;
	uint64_t lock = regs->value[REG_RDI];
	uint32_t value;

	if (!regs_known(regs, REG_RDI) || lock & 3 || !memory_is_kernel(kernel->memory, lock) ||
	    !err_ok(memory_read_u32(kernel->memory, lock, &value)) || qspinlock_is_sound(value) ||
	    (queued && !is_kept(regs, REG_RDI)))
		return false;
	cpu->lock = lock;
	return true;
}

static bool find_queued(struct kernel *kernel, const struct queue *queue, struct spin_cpu *cpu)
{
	const struct qspinlock_node *node = own_node(queue, cpu->cpu);
	const struct qspinlock_node *tail = node ? queue_tail(queue, node) : NULL;
	uint64_t list[CANDIDATES];
	size_t count = candidates(kernel, cpu, list);

	for (size_t i = 0; i < count; i++) {
		struct qspinlock lock;
		uint32_t value;

		if (!err_ok(memory_read_u32(kernel->memory, list[i], &value)))
			continue;
		qspinlock_decode(value, TAIL_UPSTREAM, &lock);
		/* It has a node when it queues; the pending one, next in turn, has none. */
		bool queued = tail && tail_fits(value, tail, &cpu->form);
		bool pending = !node && lock.pending && (value & 0xff) == 1;
		if (!queued && !pending)
			continue;
		cpu->lock = list[i];
		cpu->node = queued ? node->address : 0;
		cpu->position = 1 + (queued ? lock.pending + queue_ahead(queue, node) : 0);
		return true;
	}
	return (!node && find_test_and_set(kernel, cpu)) || find_overwritten(kernel, node, cpu);
}

static bool find_rwlock(struct kernel *kernel, struct spin_cpu *cpu)
{
	uint64_t list[CANDIDATES];
	size_t count = candidates(kernel, cpu, list);
	bool wants_write = strstr(cpu->function, "write");

	for (size_t i = 0; i < count; i++) {
		struct qrwlock lock;
		uint32_t value;

		if (!err_ok(memory_read_u32(kernel->memory, list[i], &value)))
			continue;
		qrwlock_decode(value, &lock);
		if (lock.readers > TICKETS_OUTSTANDING_MAX ||
		    (lock.writer && wants_write && lock.readers))
			continue;
		if (wants_write ? lock.writer_waiting || lock.writer : lock.writer) {
			cpu->lock = list[i];
			return true;
		}
	}
	return false;
}

/* --- all CPUs --------------------------------------------------------------------------------- */

static void find_lock(struct kernel *kernel, const struct spinlock_shape *shape,
		      const struct queue *queue, struct spin_cpu *cpu)
{
	bool found = cpu->rwlock		      ? find_rwlock(kernel, cpu)
		     : shape->kind == SPINLOCK_TICKET ? find_ticket(kernel, shape, cpu)
		     : shape->kind == SPINLOCK_QUEUED ? find_queued(kernel, queue, cpu)
						      : false;

	/* A CPU that has just taken a ticket lock stands in the same function. */
	if (!found && shape->kind == SPINLOCK_TICKET)
		cpu->function = NULL;
	/* So does one in the fast path of a queued lock. */
	if (!found && shape->kind == SPINLOCK_QUEUED && !strstr(cpu->function, "slowpath"))
		cpu->function = NULL;
}

struct err *spin_cpus_open(struct kernel *kernel, struct spin_cpus *ret)
{
	unsigned cpus = percpu_cpus(kernel->percpu);
	_free_ struct qspinlock_node *nodes = NULL;
	struct spinlock_shape shape;
	struct queue queue = {0};

	*ret = (struct spin_cpus){.list = calloc(cpus + 1u, sizeof(*ret->list))};
	if (!ret->list)
		return &err_nomem;
	spinlock_shape(kernel, &shape);
	if (shape.kind == SPINLOCK_QUEUED && err_ok(qspinlock_nodes(kernel, &nodes, &queue.count)))
		queue.nodes = nodes;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		const struct task *task = tasks_on_cpu(kernel->tasks, cpu);
		struct spin_cpu *one = &ret->list[ret->count];

		if (!task)
			continue;
		*one = (struct spin_cpu){.cpu = cpu, .task = task, .ticket = -1, .position = -1};
		ret->count++;
		if (!err_ok(unwind_task(kernel, task, &one->trace)))
			continue;
		find_spin(kernel, one);
		if (one->function)
			find_lock(kernel, &shape, &queue, one);
	}
	return NULL;
}

void spin_cpus_deinit(struct spin_cpus *cpus)
{
	for (size_t i = 0; i < cpus->count; i++)
		trace_deinit(&cpus->list[i].trace);
	free(cpus->list);
	*cpus = (struct spin_cpus){0};
}
