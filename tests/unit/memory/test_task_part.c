/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a task that are NULL, and what it carries that is no transaction. */
#include "fake_kernel.h"
#include "kernel/mm/owner.h"
#include "kernel/mm/slab.h"
#include "kernel/tasks/task.h"
#include "memory/task_part.h"

#define TASK (FAKE_BASE + 0x1000)
#define CARRIED (FAKE_BASE + 0x4000)

static struct task task = {.address = TASK, .pid = 7, .comm = "cat"};
static struct crash crash;
static struct bad_value bad;
static struct slab_cache cache;

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_SLAB, .address = address, .cpu = -1};
	ret->slab.slab.cache = &cache;
	ret->slab.state = OBJECT_ALLOCATED;
}

/* A NULL nsproxy was used, and an object of this cache is in journal_info and in a register. */
static void set_up(const char *of)
{
	fake_open(NULL);
	copy_string(cache.name, sizeof(cache.name), of);
	crash = (struct crash){.kernel = &kernel,
			       .task = &task,
			       .exception = true,
			       .kind = CRASH_GENERAL_PROTECTION};
	copy_string(crash.at.symbol, sizeof(crash.at.symbol), "jbd2__journal_start");
	bad = (struct bad_value){.found = true, .held = true, .address = TASK + T_NSPROXY};
	fake_u64(TASK + T_JOURNAL, CARRIED);
	regs_set(&crash.regs, REG_RBX, CARRIED);
}

/* What is said, "" for nothing; the fake kernel is closed. */
static const char *words(const char *what)
{
	static char kept[256];
	struct blamed blamed = {0};
	_str_ struct str text = {0};

	kept[0] = '\0';
	if (task_part_find(&crash, &bad, &blamed, &text)) {
		copy_string(kept, sizeof(kept), text.data);
		ck_assert_str_eq(blamed.what, what);
	}
	fake_close();
	return kept;
}

START_TEST(a_pointer_that_is_null_is_named)
{
	set_up("kmalloc-64");
	ck_assert_str_eq(words("task_part"), "task_struct.nsproxy of cat/7 is NULL");
	set_up("other");
	bad.value = CARRIED;
	ck_assert_str_eq(words(NULL), "");
	set_up("other");
	bad.held = false; /* another value by now */
	ck_assert_str_eq(words(NULL), "");
	set_up("other");
	bad.address = TASK + T_PID; /* no pointer */
	ck_assert_str_eq(words(NULL), "");
	set_up("other");
	bad.address = TASK - 8; /* of no task */
	ck_assert_str_eq(words(NULL), "");
	set_up("other");
	crash.task = NULL;
	ck_assert_str_eq(words(NULL), "");
}
END_TEST

START_TEST(what_is_carried_and_no_transaction)
{
	set_up("kmalloc-256");
	bad.found = false;
	ck_assert_str_eq(words("journal_info"),
			 "task_struct.journal_info of cat/7 leads to no file system's transaction");
	set_up("jbd2_journal_handle");
	bad.found = false;
	ck_assert_str_eq(words(NULL), "");
	set_up("jbd2_journal_handle");
	bad.found = false;
	crash.kind = CRASH_BUG; /* its check of whose transaction it is */
	ck_assert_str_eq(words("journal_info"), "task_struct.journal_info of cat/7 leads to a "
						"transaction that is not this file system's");
	set_up("kmalloc-256");
	bad.found = false;
	regs_set(&crash.regs, REG_RBX, CARRIED + 8); /* nobody looked at it */
	ck_assert_str_eq(words(NULL), "");
	set_up("kmalloc-256");
	bad.found = false;
	copy_string(crash.at.symbol, sizeof(crash.at.symbol), "gfs2_trans_add_data");
	ck_assert_str_eq(words(NULL), "");
}
END_TEST

UNIT_MAIN("task_part", a_pointer_that_is_null_is_named, what_is_carried_and_no_transaction)
