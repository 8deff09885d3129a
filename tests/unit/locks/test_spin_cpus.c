/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs that spin: queues and tickets whole, and such as loop, lie or cannot be. */
#include "fake_locks.h"

#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/locking/qspinlock.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/unwind_task.h"
#include "locks/spin_cpus.h"

/* struct mcs_spinlock { struct mcs_spinlock *next; int locked; int count; } */
enum { N_NEXT = 0, N_LOCKED = 8, N_COUNT = 12, NODE_SIZE = 16 };

#define CPUS 4u
#define AREA 0x400ull /* of each CPU */
#define RUNQUEUES (FAKE_BASE + 0x30000)
#define NODES (FAKE_BASE + 0x30100)
#define NODE(cpu, index) (NODES + (cpu)*AREA + (index)*NODE_SIZE)
#define CODE (FAKE_BASE + 0xe000)

unsigned percpu_cpus(const struct percpu *percpu)
{
	(void)percpu;
	return CPUS;
}

bool percpu_online(const struct percpu *percpu, unsigned cpu)
{
	(void)percpu;
	return cpu < CPUS;
}

struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret)
{
	(void)percpu;
	*ret = variable + cpu * AREA;
	return NULL;
}

struct err *percpu_symbol(struct kernel *of, const char *symbol, unsigned cpu, uint64_t *ret)
{
	if (!symbols_find(of->symbols, symbol, ret))
		return err_new(ERR_NOT_FOUND, "no %s", symbol);
	*ret += cpu * AREA;
	return NULL;
}

bool symbols_find_fuzzy(struct symbols *symbols, const char *name, uint64_t *ret)
{
	return symbols_find(symbols, name, ret);
}

/* What each CPU's registers were in the function at CODE; not set for one that does not spin. */
static struct regs spinning[CPUS];

struct err *unwind_task(struct kernel *of, const struct task *task, struct trace *ret)
{
	(void)of;
	*ret = (struct trace){.frames = calloc(1, sizeof(*ret->frames)), .count = 1};
	ret->frames[0] = (struct frame){
		.address = CODE - 0x100, .exact = true, .sp = STACK(task->pid) + 0x3f00};
	if (!spinning[task->on_cpu].known)
		return NULL;
	ret->frames[0].address = CODE;
	ret->frames[0].regs = spinning[task->on_cpu];
	return NULL;
}

static void queued_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t mcs = b_record(b, B_STRUCT, "mcs_spinlock", NODE_SIZE, 3, "next", l, 0, "locked",
				i, N_LOCKED * 8, "count", i, N_COUNT * 8);

	b_record(b, B_STRUCT, "qspinlock", 4, 1, "val", i, 0);
	b_record(b, B_STRUCT, "qnode", NODE_SIZE, 1, "mcs", mcs, 0);
}

static void ticket_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t atomic = b_record(b, B_STRUCT, NULL, 4, 1, "counter", i, 0);

	(void)l;
	b_plain(b, B_TYPEDEF, "arch_spinlock_t", atomic);
}

static void spin(unsigned cpu, uint64_t lock, uint64_t ax)
{
	regs_set(&spinning[cpu], REG_RDI, lock);
	regs_set(&spinning[cpu], REG_RAX, ax);
}

/* Task i+1 runs on CPU i; CPU 0 does not spin. */
static void set_up(void (*types)(struct btf_build *b, uint32_t i, uint32_t l), const char *function)
{
	memset(spinning, 0, sizeof(spinning));
	put_tasks(types);
	kernel.percpu = (struct percpu *)&fake; /* never looked into */
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("elsewhere", CODE - 0x200);
	fake_symbol(function, CODE);
	fake_symbol("runqueues", RUNQUEUES);
	fake_symbol("qnodes", NODES);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		fake_u64(RUNQUEUES + cpu * AREA, TASK(cpu + 1));
		fake_u64(RUNQUEUES + cpu * AREA + 8, TASK(0));
		fake_u32(TASK(cpu + 1) + T_STATE, 0);
	}
	open_tasks();
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	close_tasks();
}

#define TAIL(cpu, index) ((uint32_t)((cpu) + 1) << 18 | (uint32_t)(index) << 16)

/* CPU 2, then 1, then 3 queue for a lock that is held. */
static void set_up_queue(void)
{
	static const unsigned order[] = {2, 1, 3};

	set_up(queued_types, "native_queued_spin_lock_slowpath");
	for (unsigned i = 0; i < 3; i++) {
		fake_u32(NODE(order[i], 0) + N_COUNT, 1);
		fake_u64(NODE(order[i], 0), i < 2 ? NODE(order[i + 1], 0) : 0);
		spin(order[i], LOCK, 0);
	}
	fake_u32(LOCK, 1 | TAIL(3, 0));
}

/* The lock and place in the queue of each CPU: "1:2" is CPU 1 in second place; "-" lock unknown. */
static void expect(const char *queue)
{
	_cleanup_(spin_cpus_deinit) struct spin_cpus cpus = {0};
	char text[64] = "";

	assert_ok(spin_cpus_open(&kernel, &cpus));
	ck_assert_uint_eq(cpus.count, CPUS);
	for (size_t i = 0; i < cpus.count; i++) {
		const struct spin_cpu *cpu = &cpus.list[i];
		size_t used = strlen(text);

		if (!cpu->function)
			continue;
		if (cpu->lock == LOCK)
			snprintf(text + used, sizeof(text) - used, "%u:%d ", cpu->cpu,
				 (int)cpu->position);
		else
			snprintf(text + used, sizeof(text) - used, "%u%s ", cpu->cpu,
				 cpu->lock ? "?" : "-");
	}
	ck_assert_str_eq(text, queue);
}

/* Which form the lock's word has, by the node of CPU 3. */
static void expect_form(enum qspinlock_tail form)
{
	_cleanup_(spin_cpus_deinit) struct spin_cpus cpus = {0};

	assert_ok(spin_cpus_open(&kernel, &cpus));
	ck_assert_uint_ne(cpus.list[3].node, 0);
	ck_assert_int_eq(cpus.list[3].form, form);
}

START_TEST(a_queue_is_followed_to_its_order)
{
	set_up_queue();
	expect("1:2 2:1 3:3 ");
	fake_u32(LOCK, 1 | 1 << 8 | TAIL(3, 0)); /* one more before them, pending */
	expect("1:3 2:2 3:4 ");
	fake_u32(LOCK, 1 | 3u << 19 | 1 << 16); /* el7's place of the tail */
	expect("1:2 2:1 3:3 ");
	expect_form(TAIL_EL7);
	fake_u32(LOCK, 1 | TAIL(3, 0));
	expect_form(TAIL_UPSTREAM);
	tear_down();
}
END_TEST

/* An interrupt's lock is waited for with the second node. */
START_TEST(the_last_node_in_use_is_the_one_that_spins)
{
	set_up(queued_types, "native_queued_spin_lock_slowpath");
	fake_u32(NODE(1, 0) + N_COUNT, 2);
	fake_u64(NODE(1, 0), NODE(3, 0)); /* of the lock it was interrupted at */
	fake_u32(LOCK, 1 | TAIL(1, 1));
	spin(1, LOCK, 0);
	expect("1:1 ");
	fake_u32(LOCK, 1 | TAIL(1, 0));
	expect("1- ");
	tear_down();
}
END_TEST

START_TEST(queues_that_loop_are_not_believed)
{
	set_up_queue();
	fake_u64(NODE(3, 0), NODE(2, 0)); /* the last is followed by the first */
	expect("1- 2- 3- ");
	fake_u64(NODE(3, 0), NODE(3, 0));
	expect("1- 2- 3- ");
	fake_u64(NODE(3, 0), FAKE_BASE + 0x40); /* by what is no node */
	expect("1- 2- 3- ");
	fake_u64(NODE(3, 0), 0x4141414141414141);
	expect("1- 2- 3- ");
	/* Two that claim the same successor: whatever the place, it ends. */
	tear_down();
	set_up_queue();
	fake_u64(NODE(2, 0), NODE(3, 0));
	expect("1:1 2:1 3:2 ");
	tear_down();
}
END_TEST

START_TEST(tails_that_cannot_be_are_not_believed)
{
	set_up_queue();
	fake_u32(LOCK, 1 | TAIL(0x3ffe, 0)); /* no such CPU */
	expect("1- 2- 3- ");
	fake_u32(LOCK, 1 | TAIL(3, 2)); /* no such node of it */
	expect("1- 2- 3- ");
	fake_u32(LOCK, 1); /* nobody queues */
	expect("1- 2- 3- ");
	tear_down();
	set_up_queue();
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		fake_u32(NODE(cpu, 0) + N_COUNT, 0x41414141); /* more nodes than a CPU has */
	expect("1- 2- 3- ");
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		fake_u32(NODE(cpu, 0) + N_COUNT, 5);
	expect("1- 2- 3- ");
	tear_down();
}
END_TEST

#define VIRT_KEY (FAKE_BASE + 0xd000)

/* Whether a lock that all spin for by turns can be: by the static key, or before there was one. */
START_TEST(virtual_machines_test_and_set)
{
	set_up(queued_types, "native_queued_spin_lock_slowpath");
	spin(1, LOCK, 0);
	fake_u32(LOCK, 1);
	expect("1:-1 ");
	fake_u32(LOCK, 1 | 1 << 8 | TAIL(3, 0)); /* somebody queues: no such lock */
	fake_u32(NODE(1, 0) + N_COUNT, 1);
	expect("1- ");
	fake_u32(NODE(1, 0) + N_COUNT, 0);
	fake_u32(LOCK, 1);
	fake_symbol("virt_spin_lock_key", VIRT_KEY);
	fake_u32(VIRT_KEY, 0);
	expect("1- ");
	fake_u32(VIRT_KEY, 1);
	expect("1:-1 ");
	tear_down();
}
END_TEST

/* Nothing that a lock can be: it was one, on a stack or in an object that is somebody else's now. */
START_TEST(words_of_no_lock_are_told_where_the_slow_path_has_them)
{
	static const uint32_t locks[] = {0, 3, 0x100};

	set_up(queued_types, "native_queued_spin_lock_slowpath");
	spin(1, LOCK, 0);
	fake_u32(LOCK, 0x41414141);
	expect("1:-1 ");
	fake_u32(LOCK, UINT32_MAX);
	expect("1:-1 ");
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++) {
		fake_u32(LOCK, locks[i]);
		expect("1- ");
	}
	fake_u32(LOCK, 0x41414141);
	spin(1, LOCK + 2, 0); /* no address of a lock */
	expect("1- ");
	tear_down();
}
END_TEST

START_TEST(nodes_are_as_many_as_their_count_says)
{
	_free_ struct qspinlock_node *nodes = NULL;
	size_t count;

	set_up_queue();
	fake_u32(NODE(0, 0) + N_COUNT, 4); /* task, softirq, hardirq and NMI at once */
	assert_ok(qspinlock_nodes(&kernel, &nodes, &count));
	ck_assert_uint_eq(count, 7);
	ck_assert_uint_eq(nodes[3].address, NODE(0, 3));
	ck_assert_uint_eq(nodes[3].index, 3);
	ck_assert_uint_eq(nodes[4].cpu, 1);
	ck_assert_uint_eq(nodes[4].next, NODE(3, 0));
	tear_down();
}
END_TEST

/* Owner 5; next 9: CPU 1 has ticket 7, CPU 2 has 6, and 8 is nobody's. */
static void set_up_tickets(uint32_t value)
{
	set_up(ticket_types, "_raw_spin_lock");
	fake_u32(LOCK, value);
	spin(1, LOCK, 7);
	spin(2, LOCK, 6);
}

START_TEST(tickets_say_the_order)
{
	set_up_tickets(9 << 16 | 5);
	expect("1:2 2:1 ");
	tear_down();
	set_up_tickets(1u << 16 | 0xfffd); /* around the end of 16 bits */
	spin(1, LOCK, 0);
	spin(2, LOCK, 0xfffe);
	expect("1:3 2:1 ");
	tear_down();
}
END_TEST

/* A CPU whose lock does not fit its ticket has just got it, or is elsewhere: it does not spin. */
START_TEST(tickets_that_cannot_be_are_not_believed)
{
	static const uint32_t values[] = {
		5 << 16 | 5,	   /* nobody has it */
		6 << 16 | 5,	   /* nobody waits */
		4u << 16 | 5,	   /* next before owner: 65,535 outstanding */
		0x2006u << 16 | 5, /* one more than CPUs there are */
		9 << 16 | 8,	   /* theirs have been served */
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		set_up_tickets(values[i]);
		expect("");
		tear_down();
	}
	set_up_tickets(9 << 16 | 5);
	spin(1, 0x4141414141414141, 7); /* no address */
	spin(2, LOCK + 1, 6);		/* of no lock */
	expect("");
	spin(1, LOCK, 7);
	regs_set(&spinning[1], REG_RCX, 8); /* two outstanding tickets: neither is its own */
	expect("");
	fake_put(CODE, "\x66\x39\xd0", 3); /* cmp %dx,%ax: the other is not what it waits with */
	expect("1:2 ");
	tear_down();
}
END_TEST

START_TEST(rwlocks_are_believed_by_what_they_can_hold)
{
	set_up(queued_types, "queued_read_lock_slowpath");
	spin(1, LOCK, 0);
	fake_u32(LOCK, 1 << 9 | 0xff); /* held for write, and the reader counted */
	expect("1:-1 ");
	fake_u32(LOCK, 3 << 9); /* readers alone keep no reader out */
	expect("1- ");
	fake_u32(LOCK, 0x7fffffu << 9 | 0xff); /* more readers than CPUs */
	expect("1- ");
	tear_down();
	set_up(queued_types, "queued_write_lock_slowpath");
	spin(1, LOCK, 0);
	fake_u32(LOCK, 3 << 9 | 1 << 8);
	expect("1:-1 ");
	fake_u32(LOCK, 3 << 9 | 0xff); /* readers and a writer inside */
	expect("1- ");
	fake_u32(LOCK, 0);
	expect("1- ");
	tear_down();
}
END_TEST

UNIT_MAIN("spin", a_queue_is_followed_to_its_order, the_last_node_in_use_is_the_one_that_spins,
	  queues_that_loop_are_not_believed, tails_that_cannot_be_are_not_believed,
	  virtual_machines_test_and_set, words_of_no_lock_are_told_where_the_slow_path_has_them,
	  nodes_are_as_many_as_their_count_says, tickets_say_the_order,
	  tickets_that_cannot_be_are_not_believed, rwlocks_are_believed_by_what_they_can_hold)
