/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "analysis.h"
#include "describe.h"
#include "fake_slab.h"

#define OBJECT (FAKE_BASE + 0x4000 + 2 * 192)
#define SLUB "kernel BUG at mm/slub.c:419!"

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_SLAB, .address = address, .cpu = -1};
}

json_t *describe_owner(const struct owner *owner)
{
	return json_pack("{s:o}", "start", json_address(owner->address));
}

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

static void crash_as(struct findings *findings, size_t scene, const char *kind)
{
	json_t *frames = json_array();

	for (size_t i = 0; i < 3 && scenes[scene].callers[i]; i++)
		json_array_append_new(frames,
				      json_pack("{s:s}", "symbol", scenes[scene].callers[i]));
	finding_add(findings, FINDING_CRASH, SEVERITY_CRITICAL, 1,
		    json_pack("{s:s, s:s, s:{s:s}, s:{s:o, s:o}}", "kind", kind, "message",
			      scenes[scene].message, "rip", "symbol", scenes[scene].symbol,
			      "registers", "rax", json_address(scenes[scene].rax), "rbx",
			      json_address(scenes[scene].rbx)),
		    NULL);
	finding_add(findings, FINDING_BACKTRACE, SEVERITY_INFO, 1,
		    json_pack("{s:o}", "backtrace", frames), NULL);
}

static void start(bool is_free)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-192", FAKE_BASE + 0x4000, 192, 21);
	if (is_free)
		fake_slabs.free[fake_slabs.free_count++] = OBJECT;
}

static const struct finding *run(struct findings *findings, size_t scene, const char *kind)
{
	size_t from = 0;

	findings_init(findings, NULL);
	crash_as(findings, scene, kind);
	assert_ok(double_free_analyzer.run(
		&(struct analysis){.kernel = &kernel, .findings = findings}));
	return findings_next(findings, FINDING_DOUBLE_FREE, &from);
}

START_TEST(the_check_is_told_from_others)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		struct findings findings;
		uint64_t object = 0;

		start(scenes[i].free);
		const struct finding *found = run(&findings, i, "bug");
		ck_assert_msg((found != NULL) == scenes[i].found, "scene %zu", i);
		if (found) {
			const json_t *by = json_object_get(found->evidence, "freed_by");
			const char *name = json_string_value(json_object_get(by, "symbol"));

			ck_assert(json_address_value(json_object_get(found->evidence, "object"),
						     &object));
			ck_assert_uint_eq(object, OBJECT);
			ck_assert_str_eq(name ? name : "",
					 scenes[i].freed_by ? scenes[i].freed_by : "");
			ck_assert_str_eq(
				json_string_value(json_object_get(found->evidence, "evidence")),
				scenes[i].free ? "proven" : "inferred");
			ck_assert(scenes[i].free == (found->confidence == 1));
		}
		findings_deinit(&findings);
		fake_close();
	}
}
END_TEST

START_TEST(other_crashes_are_no_double_free)
{
	struct findings findings;

	start(true);
	ck_assert_ptr_null(run(&findings, 0, "page_fault"));
	findings_deinit(&findings);
	findings_init(&findings, NULL); /* nothing known of the crash */
	assert_ok(double_free_analyzer.run(
		&(struct analysis){.kernel = &kernel, .findings = &findings}));
	ck_assert_uint_eq(findings.count, 0);
	findings_deinit(&findings);
	fake_close();
}
END_TEST

UNIT_MAIN("double_free", the_check_is_told_from_others, other_crashes_are_no_double_free)
