/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's checks of lists and counts were given: who is wrong, and what is none of it. */
#include "unit.h"

#include "fake_kernel.h"

#define FAKE_OWN_OWNERS
#include "fake_owner.h"
#include "memory/check_subject.h"
#include "memory/helper_argument.h"
#include "memory/task_part.h"

#define PREV (FAKE_BASE + 0x2000)
#define NODE (FAKE_BASE + 0x2040)
#define NEXT (FAKE_BASE + 0x2080)
#define NOWHERE 0x4c6162207374616bull
#define POISON 0xdead000000000100ull

#define AREA 0xffffc90000045000ull /* of vmalloc */
#define VMEMMAP 0xffffea0000000000ull

static struct helper_call given;

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = address - AREA < 0x1000 ? OWNER_VMALLOC
				      : address == NOWHERE    ? OWNER_NON_CANONICAL
							      : OWNER_PAGE,
			      .address = address,
			      .cpu = -1};
}

uint64_t memory_vmemmap(const struct memory *memory)
{
	(void)memory;
	return VMEMMAP;
}

/* Those that are asked last, and have tests of their own. */
bool task_part_find(const struct crash *of, const struct bad_value *bad, struct blamed *ret,
		    struct str *text)
{
	(void)of, (void)bad, (void)ret, (void)text;
	return false;
}

bool check_subject_find(const struct crash *of, struct blamed *ret, struct str *text)
{
	(void)of, (void)ret, (void)text;
	return false;
}

bool helper_argument_find(const struct crash *of, const char *const *names, size_t count,
			  struct helper_call *ret)
{
	(void)of;
	for (size_t i = 0; i < count; i++)
		if (!strncmp(given.function, names[i], strlen(names[i]))) {
			*ret = given;
			return true;
		}
	return false;
}

/* PREV, NODE and NEXT in a ring; the check was given what is to come. */
static void set_up(const char *function, uint64_t one, uint64_t two, uint64_t three)
{
	fake_open(NULL);
	fake_analysis_start();
	crash.trace.count = 1;
	fake_u64(PREV, NODE);
	fake_u64(PREV + 8, NEXT);
	fake_u64(NODE, NEXT);
	fake_u64(NODE + 8, PREV);
	fake_u64(NEXT, PREV);
	fake_u64(NEXT + 8, NODE);
	given = (struct helper_call){.value = {one, two, three}, .known = {one, two, three}};
	copy_string(given.function, sizeof(given.function), function);
}

static void expect(uint64_t address, const char *words)
{
	assert_ok(blame_analyzer.run(&analysis));
	const struct finding *said = fake_finding(FINDING_BLAMED);
	ck_assert(!said == !words);
	if (said) {
		ck_assert_uint_eq(analysis.memory.blamed->address, address);
		ck_assert_msg(strstr(said->headline, words), "%s", said->headline);
	}
	fake_analysis_end();
	fake_close();
}

START_TEST(the_node_that_is_wrong)
{
	set_up("__list_del_entry_valid", NODE, 0, 0);
	fake_u64(NEXT + 8, 0x4242424242424242);
	expect(NEXT, "prev of the list node at 0xffff888000002080 is 0x4242424242424242 (");
	set_up("__list_del_entry_valid_or_report", NODE, 0, 0);
	fake_u64(PREV, 0);
	expect(PREV,
	       "next of the list node at 0xffff888000002000 is 0x0000000000000000 (NULL), not");
	set_up("__list_add_valid", NODE, PREV, NEXT);
	fake_u64(PREV, NEXT);
	fake_u64(NEXT + 8, NODE);
	expect(NEXT, "prev of the list node at");
}
END_TEST

START_TEST(deleted_or_added_twice)
{
	set_up("__list_del_entry_valid", NODE, 0, 0);
	fake_u64(NODE, POISON);
	expect(NODE, "was deleted before");
	set_up("__list_add_valid", NODE, NODE, NEXT);
	expect(NODE, "is on the list already");
}
END_TEST

START_TEST(a_count)
{
	set_up("refcount_warn_saturate", NODE, 2, 0);
	expect(NODE, "the count is at 0xffff888000002040");
}
END_TEST

START_TEST(nothing_to_blame)
{
	set_up("__list_del_entry_valid", NODE, 0, 0); /* whole again */
	expect(0, NULL);
	set_up("__list_del_entry_valid", 0x4141414141414141, 0, 0);
	expect(0, NULL);
	set_up("__list_del_entry_valid", NODE, 0, 0); /* neighbours that cannot be read */
	fake_u64(NODE, 0x4141414141414141);
	fake_u64(NODE + 8, UINT64_MAX);
	expect(0, NULL);
	set_up("__list_add_valid", NODE, 0, 0); /* its neighbours are not known */
	expect(0, NULL);
	set_up("refcount_warn_saturate", 0, 0, 0);
	expect(0, NULL);
	set_up("lab_check", NODE, 0, 0);
	expect(0, NULL);
}
END_TEST

START_TEST(what_cannot_be_freed)
{
	set_up("kfree", AREA + 8, 0, 0);
	expect(AREA + 8, "kfree() was given 0xffffc90000045008");
	set_up("kmem_cache_free", NODE, AREA, 0);
	expect(AREA, "kmem_cache_free() was given");
	set_up("kfree", (uint64_t)-12, 0, 0);
	expect((uint64_t)-12, "kfree() was given ERR_PTR(-ENOMEM)");
	set_up("kmem_cache_free", NODE, (uint64_t)-4095, 0);
	expect((uint64_t)-4095, "kmem_cache_free() was given ERR_PTR(-4095)");
	set_up("kfree", (uint64_t)-4096, 0, 0);
	expect(0, NULL);
	set_up("kfree", NODE, 0, 0); /* an object */
	expect(0, NULL);
	/* lost, but for the page that was looked for */
	set_up("kfree", 0, 0, 0);
	crash.pointer_known = true;
	crash.pointer = VMEMMAP + (AREA - FAKE_BASE) / 4096 * 64;
	expect(AREA, "kfree() was given an address in the page at 0xffffc90000045000");
	set_up("kfree", 0, 0, 0);
	crash.pointer++;
	expect(0, NULL);
	crash.pointer_known = false;
}
END_TEST

START_TEST(lengths_below_zero)
{
	set_up("memcpy_erms", NODE, PREV, -8ull);
	expect(NODE, "memcpy_erms() was given a length of -8 for 0xffff888000002040");
	set_up("memset", NODE, PREV, 4096);
	expect(0, NULL);
	set_up("memset", NODE, PREV, 1ull << 63); /* no difference of two lengths */
	expect(0, NULL);
}
END_TEST

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);

	(void)i;
	b_record(b, B_STRUCT, "wait_queue_head", 24, 2, "lock", l, 0, "head", list, 64);
	b_record(b, B_STRUCT, "work_struct", 32, 2, "data", l, 0, "entry", list, 64);
}

static void set_up_made(const char *function, uint64_t one, uint64_t three, uint64_t next)
{
	set_up(function, one, 0, three);
	fake_close();
	fake_open(types);
	fake_analysis_start();
	crash.trace.count = 1;
	fake_u64(NODE + 8, next);
	fake_u64(NODE + 16, 0);
}

START_TEST(what_nobody_has_made)
{
	set_up_made("__wake_up_common", NODE, 0, 0);
	expect(NODE,
	       "the wait queue at 0xffff888000002040 has zeros for a list: init_waitqueue_head()");
	set_up_made("__queue_work", PREV, NODE, 0);
	expect(NODE, "the work item at 0xffff888000002040 has zeros for a list: INIT_WORK()");
	set_up_made("__wake_up_common", NODE, 0, NODE + 8); /* an empty one */
	expect(0, NULL);
	set_up_made("__wake_up_common_lock", NODE, 0, 0); /* of another name */
	expect(0, NULL);
	set_up_made("__wake_up_common", 0x41, 0, 0);
	expect(0, NULL);
	set_up_made("__queue_work", NODE, 0, 0); /* which is its argument is not known */
	expect(0, NULL);
}
END_TEST

START_TEST(stack_pointers)
{
	set_up("lab_read", 0, 0, 0);
	crash.exception = true;
	regs_set(&crash.regs, REG_RSP, NOWHERE);
	expect(NOWHERE, "the stack pointer 0x4c6162207374616b leads to no stack");
	set_up("lab_read", 0, 0, 0); /* pages may be a stack's */
	crash.exception = true;
	regs_set(&crash.regs, REG_RSP, NODE);
	expect(0, NULL);
	set_up("lab_read", 0, 0, 0); /* what the CPU did later */
	crash.exception = false;
	regs_set(&crash.regs, REG_RSP, NOWHERE);
	expect(0, NULL);
}
END_TEST

UNIT_MAIN("blame", the_node_that_is_wrong, deleted_or_added_twice, a_count, nothing_to_blame,
	  what_cannot_be_freed, lengths_below_zero, what_nobody_has_made, stack_pointers)
