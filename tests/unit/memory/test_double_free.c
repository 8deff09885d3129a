/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_owner.h"

#define OBJECT (FAKE_BASE + 0x4000 + 2 * 192)
#define SLUB "kernel BUG at mm/slub.c:419!"

static const struct {
	const char *message, *symbol;
	uint64_t rax, rbx;
	const char *callers[3];
	bool free, found;
	const char *freed_by;
} scenes[] = {
	{SLUB, "kfree", OBJECT, OBJECT, {"kfree", "driver_remove"}, true, true, "driver_remove"},
	{SLUB, "kfree", OBJECT, OBJECT, {"kfree", "driver_remove"}, false, true, "driver_remove"},
	{"", "__slab_free", OBJECT, OBJECT, {"__slab_free", "kfree", "f"}, true, true, "f"},
	/* handed back by a CPU's sheaf: who freed it is long gone */
	{SLUB,
	 "build_detached_freelist",
	 OBJECT,
	 OBJECT,
	 {"build_detached_freelist", "__sheaf_flush_main_batch", "worker_thread"},
	 false,
	 true,
	 NULL},
	/* not this check: one register, no object, the middle of one, another file's BUG() */
	{SLUB, "kfree", OBJECT, OBJECT + 192, {"kfree", "f"}, true, false, NULL},
	{SLUB, "kfree", FAKE_BASE, FAKE_BASE, {"kfree", "f"}, true, false, NULL},
	{SLUB, "kfree", OBJECT + 8, OBJECT + 8, {"kfree", "f"}, true, false, NULL},
	{SLUB, "kfree", 0, 0, {"kfree", "f"}, true, false, NULL},
	{"kernel BUG at fs/inode.c:1!",
	 "clear_inode",
	 OBJECT,
	 OBJECT,
	 {"clear_inode"},
	 true,
	 false,
	 NULL},
	{"", "clear_inode", OBJECT, OBJECT, {"clear_inode"}, true, false, NULL},
};

static void start(size_t scene, enum crash_kind kind)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-192", FAKE_BASE + 0x4000, 192, 21);
	if (scenes[scene].free)
		fake_slabs.free[fake_slabs.free_count++] = OBJECT;
	fake_analysis_start();
	crash.kind = kind;
	copy_string(crash.message, sizeof(crash.message), scenes[scene].message);
	copy_string(crash.at.symbol, sizeof(crash.at.symbol), scenes[scene].symbol);
	crash.exception = true;
	regs_set(&crash.regs, REG_RAX, scenes[scene].rax);
	regs_set(&crash.regs, REG_RBX, scenes[scene].rbx);
	for (size_t i = 0; i < 3 && scenes[scene].callers[i]; i++) {
		uint64_t address = 0xffffffff81000000 + 0x1000 * i;

		fake_symbol(scenes[scene].callers[i], address);
		frames[i].address = address + 4;
		crash.trace.count++;
	}
}

static const struct double_free *run(void)
{
	assert_ok(double_free_analyzer.run(&analysis));
	ck_assert((analysis.memory.double_free != NULL) ==
		  (fake_finding(FINDING_DOUBLE_FREE) != NULL));
	return analysis.memory.double_free;
}

static void finish(void)
{
	fake_analysis_end();
	fake_close();
}

/* Who the verdict says freed it; "" for nobody. */
static const char *freed_by(const json_t *evidence)
{
	const char *name =
		json_string_value(json_object_get(json_object_get(evidence, "freed_by"), "symbol"));

	return name ? name : "";
}

START_TEST(the_check_is_told_from_others)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		start(i, CRASH_BUG);
		const struct double_free *found = run();
		ck_assert_msg((found != NULL) == scenes[i].found, "scene %zu", i);
		if (found) {
			const struct finding *finding = fake_finding(FINDING_DOUBLE_FREE);

			ck_assert_uint_eq(found->object.start, OBJECT);
			ck_assert_str_eq(freed_by(finding->evidence),
					 scenes[i].freed_by ? scenes[i].freed_by : "");
			ck_assert_str_eq(
				json_string_value(json_object_get(finding->evidence, "evidence")),
				scenes[i].free ? "proven" : "inferred");
			ck_assert(scenes[i].free == (finding->confidence == 1));
		}
		finish();
	}
}
END_TEST

START_TEST(other_crashes_are_no_double_free)
{
	start(0, CRASH_PAGE_FAULT);
	ck_assert_ptr_null(run());
	analysis.crash = NULL; /* nothing known of it */
	ck_assert_ptr_null(run());
	finish();
}
END_TEST

UNIT_MAIN("double_free", the_check_is_told_from_others, other_crashes_are_no_double_free)
