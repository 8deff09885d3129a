/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the memory rules wins over findings as the analyzers write them. */
#include "unit.h"

#include <string.h>

#include "daemon/store/store.h"
#include "finding.h"
#include "rules/judge.h"

struct finding_text {
	const char *code;
	double confidence;
	const char *evidence;
};

#define GP                                                                                         \
	{                                                                                          \
		"crash", 1,                                                                        \
			"{\"kind\": \"general_protection\", \"fault\": {\"address\": "             \
			"\"0x41414141414143e9\", \"class\": \"non_canonical\"}}"                   \
	}
#define PAGE_FAULT(symbol)                                                                         \
	{                                                                                          \
		"crash", 1,                                                                        \
			"{\"kind\": \"page_fault\", \"rip\": {\"symbol\": \"" symbol               \
			"\", \"offset\": 4}, "                                                     \
			"\"fault\": {\"address\": \"0xffff87c5eafa5640\", \"class\": \"hole\"}}"   \
	}
#define NULL_FAULT                                                                                 \
	{                                                                                          \
		"crash", 1,                                                                        \
			"{\"kind\": \"null_dereference\", \"fault\": {\"address\": "               \
			"\"0x0000000000000010\", \"class\": \"null\"}}"                            \
	}
#define POISON_FAULT                                                                               \
	{                                                                                          \
		"crash", 1,                                                                        \
			"{\"kind\": \"general_protection\", \"fault\": {\"address\": "             \
			"\"0x6b6b6b6b6b6b6e13\", \"class\": \"slab_poison\"}}"                     \
	}
#define BUG                                                                                        \
	{                                                                                          \
		"crash", 1, "{\"kind\": \"bug\", \"message\": \"kernel BUG at mm/slub.c:419!\"}"   \
	}
#define PANIC                                                                                      \
	{                                                                                          \
		"crash", 1, "{\"kind\": \"panic\", \"message\": \"panic_on_taint set ...\"}"       \
	}
#define HOLDER(state)                                                                              \
	{                                                                                          \
		"memory.holder", 1,                                                                \
			"{\"address\": \"0xffff888001000040\", \"offset\": 64, \"owner\": "        \
			"{\"cache\": \"kmalloc-1k\", \"start\": \"0xffff888001000000\", "          \
			"\"state\": \"" state "\"}}"                                               \
	}
#define OBJECT(damage, sure)                                                                       \
	{                                                                                          \
		"memory.object", sure,                                                             \
			"{\"cache\": \"kmalloc-1k\", \"start\": \"0xffff888001000000\", "          \
			"\"state\": \"allocated\", \"damage\": \"" damage "\"}"                    \
	}
#define FREELIST(object, why, near)                                                                \
	{                                                                                          \
		"memory.freelist", 1,                                                              \
			"{\"cache\": \"kmalloc-1k\", \"object\": " object ", \"raw\": null, "      \
			"\"decoded\": \"0x1122334455667788\", \"why\": \"" why "\", "              \
			"\"near\": " near ", \"evidence\": \"proven\"}"                            \
	}
#define OUTSIDE "points outside of its slab"
#define LOOP "comes back to an object already on it"
#define USB(sure)                                                                                  \
	{                                                                                          \
		"memory.hypothesis", sure,                                                         \
			"{\"kind\": \"usb_string\", \"text\": \"what overwrote a free "            \
			"pointer of this slab looks like USB string descriptor\"}"                 \
	}
#define FLIP(kind, sure)                                                                           \
	{                                                                                          \
		"memory.hypothesis", sure,                                                         \
			"{\"kind\": \"" kind "\", \"text\": \"bit 40 flipped\"}"                   \
	}
#define OVERRUN                                                                                    \
	{                                                                                          \
		"memory.overrun", 0.9,                                                             \
			"{\"cache\": \"kmalloc-1k\", \"overrun_from\": "                           \
			"\"0xffff888001000000\", \"object\": \"0xffff888001000400\"}"              \
	}
#define TWICE                                                                                      \
	{                                                                                          \
		"memory.double_free", 0.93,                                                        \
			"{\"cache\": \"kmalloc-192\", \"object\": "                                \
			"\"0xffff888001000000\"}"                                                  \
	}
#define REPORT(problem)                                                                            \
	{                                                                                          \
		"memory.slab_report", 1,                                                           \
			"{\"cache\": \"kmalloc-1k\", \"problem\": \"" problem "\"}"                \
	}
#define REPORT_USB                                                                                 \
	{                                                                                          \
		"memory.hypothesis", 0.97,                                                         \
			"{\"kind\": \"usb_string\", \"text\": \"what overwrote the "               \
			"kmalloc-1k object looks like USB string descriptor\"}"                    \
	}

#define LIST_BUG                                                                                   \
	{                                                                                          \
		"crash", 1,                                                                        \
			"{\"kind\": \"bug\", \"message\": \"kernel BUG at lib/list_debug.c:45!\"}" \
	}
#define WARN                                                                                       \
	{                                                                                          \
		"crash", 1, "{\"kind\": \"warn\"}"                                                 \
	}
#define LOG(kind, text)                                                                            \
	{                                                                                          \
		"log.event", 1, "{\"kind\": \"" kind "\", \"text\": \"" text "\"}"                 \
	}

static const struct scene {
	struct finding_text findings[4];
	const char *cause, *rule;
	double least, most; /* confidence */
} scenes[] = {
	/* what holds the bad value tells who did it */
	{{GP, HOLDER("allocated"), OBJECT("one_member", 0.95)},
	 "wild_pointer",
	 "wild_member",
	 0.7,
	 0.9},
	{{GP, HOLDER("allocated"), OBJECT("unknown", 0)}, "wild_pointer", "wild_member", 0.5, 0.7},
	{{GP, HOLDER("allocated"), OBJECT("whole_object", 0.95)},
	 "use_after_free",
	 "object_overwritten",
	 0.6,
	 0.7},
	{{GP, HOLDER("allocated"), OBJECT("members", 0.8)},
	 "memory_corruption",
	 "object_partly_overwritten",
	 0.5,
	 0.7},
	{{GP, HOLDER("allocated"), OBJECT("overrun", 0.9), OVERRUN},
	 "memory_corruption",
	 "overrun",
	 0.8,
	 0.9},
	{{GP, HOLDER("free"), OBJECT("one_member", 0.9)},
	 "use_after_free",
	 "use_after_free",
	 0.85,
	 0.95},
	{{POISON_FAULT, HOLDER("free")}, "use_after_free", "use_after_free", 0.96, 1},
	{{POISON_FAULT}, "use_after_free", "slab_poison", 0.9, 0.96},
	{{NULL_FAULT, HOLDER("free")}, "use_after_free", "use_after_free", 0.85, 0.95},
	{{NULL_FAULT, HOLDER("allocated")}, "null_dereference", "null_dereference", 0.9, 1},
	{{GP}, "wild_pointer", "general_protection", 0.4, 0.6},
	/* flipped bits, in an object that is sound but for them */
	{{PAGE_FAULT("f"), FLIP("bit_flip", 0.95), HOLDER("allocated"), OBJECT("one_member", 0.95)},
	 "hardware",
	 "bit_flip",
	 0.8,
	 0.9},
	{{PAGE_FAULT("f"), FLIP("two_bit_flip", 0.88), HOLDER("allocated"),
	  OBJECT("one_member", 0.75)},
	 "hardware",
	 "bit_flip",
	 0.65,
	 0.8},
	{{PAGE_FAULT("f"), FLIP("bit_flip", 0.95), HOLDER("allocated"), OBJECT("members", 0.8)},
	 "memory_corruption",
	 "object_partly_overwritten",
	 0.5,
	 0.7},
	{{PAGE_FAULT("f"), FLIP("bit_flip", 0.5), HOLDER("allocated")},
	 "wild_pointer",
	 "wild_member",
	 0.5,
	 0.7},
	/* free lists: the most exact wins, whether or not the object is known */
	{{GP, FREELIST("null", OUTSIDE, "true"), USB(0.94)},
	 "memory_corruption",
	 "dma_into_freelist",
	 0.86,
	 0.95},
	{{GP, FREELIST("\"0xffff888001000000\"", OUTSIDE, "true"), USB(0.97)},
	 "memory_corruption",
	 "dma_into_freelist",
	 0.86,
	 0.95},
	{{GP, FREELIST("null", OUTSIDE, "true")},
	 "memory_corruption",
	 "freelist_overwritten",
	 0.8,
	 0.9},
	{{GP, FREELIST("\"0xffff888001000400\"", OUTSIDE, "true"), OVERRUN},
	 "memory_corruption",
	 "overrun",
	 0.8,
	 0.9},
	{{GP, FREELIST("null", LOOP, "true")}, "double_free", "freelist_loop", 0.8, 0.9},
	/* one that the crash does not touch explains little */
	{{NULL_FAULT, FREELIST("null", OUTSIDE, "false")},
	 "null_dereference",
	 "null_dereference",
	 0.9,
	 1},
	{{NULL_FAULT, FREELIST("null", OUTSIDE, "false"), USB(0.94)},
	 "null_dereference",
	 "null_dereference",
	 0.9,
	 1},
	{{NULL_FAULT, FREELIST("null", LOOP, "false")},
	 "null_dereference",
	 "null_dereference",
	 0.9,
	 1},
	/* the allocator's own checks */
	{{BUG, TWICE}, "double_free", "double_free", 0.85, 0.95},
	{{BUG}, "assertion", "bug", 0.9, 1},
	{{PANIC, REPORT("Poison overwritten")}, "memory_corruption", "slab_report", 0.9, 0.96},
	{{PANIC, REPORT("Poison overwritten"), REPORT_USB},
	 "memory_corruption",
	 "slab_report_usb",
	 0.92,
	 0.97},
	{{PANIC, REPORT("Object already free")}, "double_free", "slab_report_double_free", 0.9, 1},
	{{LIST_BUG,
	  LOG("list_corruption", "list_del corruption, ffff->next is LIST_POISON1 (dead)")},
	 "use_after_free",
	 "list_deleted_twice",
	 0.9,
	 1},
	{{LIST_BUG,
	  LOG("list_corruption", "list_del corruption. prev->next should be a, but was b.")},
	 "memory_corruption",
	 "list_corruption",
	 0.75,
	 0.85},
	{{BUG, LOG("list_corruption", "list_del corruption. prev->next should be a, but was b.")},
	 "assertion",
	 "bug",
	 0.9,
	 1},
	{{WARN, LOG("refcount", "refcount_t: underflow; use-after-free.")},
	 "use_after_free",
	 "refcount",
	 0.8,
	 0.9},
	{{GP, LOG("refcount", "refcount_t: underflow; use-after-free.")},
	 "use_after_free",
	 "refcount",
	 0.65,
	 0.7},
	{{PANIC, LOG("kasan", "BUG: KASAN: slab-use-after-free in f+0x1/0x2")},
	 "use_after_free",
	 "kasan_use_after_free",
	 0.95,
	 1},
	{{PANIC, LOG("kasan", "BUG: KASAN: double-free in f+0x1/0x2")},
	 "double_free",
	 "kasan_double_free",
	 0.95,
	 1},
	{{GP, LOG("kasan", "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2")},
	 "memory_corruption",
	 "kasan_out_of_bounds",
	 0.8,
	 0.9},
	/* a report of long ago, and another crash */
	{{NULL_FAULT, REPORT("Poison overwritten"), REPORT_USB},
	 "null_dereference",
	 "null_dereference",
	 0.9,
	 1},
};

static void add(struct store *store, int64_t dump, const struct finding_text *text)
{
	_json_ json_t *evidence = json_loads(text->evidence, 0, NULL);

	ck_assert_msg(evidence != NULL, "%s", text->evidence);
	const char *place = finding_place(finding_by_code(text->code));
	_json_ json_t *finding =
		json_pack("{s:s, s:s, s:s*, s:s, s:f, s:s, s:O}", "analyzer", "test", "code",
			  text->code, "place", place, "severity", "critical", "confidence",
			  text->confidence, "headline", "a finding", "evidence", evidence);
	ck_assert_ptr_nonnull(finding);
	assert_ok(store_add_finding(store, dump, finding));
}

static void open_scene(const struct scene *scene, struct store **store, int64_t *dump)
{
	assert_ok(store_open(":memory:", 0, store));
	assert_ok(store_put_dump(*store, &(struct dump_row){.uid = "u1"}, dump));
	for (size_t i = 0; i < ARRAY_SIZE(scene->findings) && scene->findings[i].code; i++)
		add(*store, *dump, &scene->findings[i]);
}

START_TEST(the_most_exact_explanation_wins)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;

	assert_ok(rules_load(NULL, &rules));
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		_cleanup_(cleanup_store_close) struct store *store = NULL;
		_verdict_ struct verdict verdict = {0};
		int64_t dump;

		open_scene(&scenes[i], &store, &dump);
		assert_ok(judge_dump(rules, store_db(store), dump, &verdict));
		ck_assert_uint_eq(json_array_size(verdict.broken), 0);
		ck_assert_msg(!strcmp(verdict.rule, scenes[i].rule) &&
				      !strcmp(verdict.cause, scenes[i].cause),
			      "case %zu: %s by %s (%f), not %s by %s", i, verdict.cause,
			      verdict.rule, verdict.confidence, scenes[i].cause, scenes[i].rule);
		ck_assert_msg(verdict.confidence >= scenes[i].least &&
				      verdict.confidence <= scenes[i].most,
			      "case %zu: %s is %f sure", i, verdict.rule, verdict.confidence);
	}
}
END_TEST

static json_t *verdict_json(const struct verdict *verdict)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:f, s:O, s:O, s:O, s:O}", "rule", verdict->rule,
			 "cause", verdict->cause, "severity", verdict->severity, "headline",
			 verdict->headline, "confidence", verdict->confidence, "because",
			 verdict->because, "reasons", verdict->reasons, "alternatives",
			 verdict->alternatives, "broken", verdict->broken);
}

/* With one dump in the store its views are tables while it is judged; with two they are views. */
START_TEST(company_changes_no_verdict)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;

	assert_ok(rules_load(NULL, &rules));
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		_cleanup_(cleanup_store_close) struct store *store = NULL;
		_verdict_ struct verdict alone = {0}, among = {0};
		int64_t dump, other;

		open_scene(&scenes[i], &store, &dump);
		assert_ok(judge_dump(rules, store_db(store), dump, &alone));
		assert_ok(store_put_dump(store, &(struct dump_row){.uid = "u2"}, &other));
		assert_ok(judge_dump(rules, store_db(store), dump, &among));
		_json_ json_t *x = verdict_json(&alone), *y = verdict_json(&among);
		ck_assert_msg(x && json_equal(x, y), "case %zu: %s by %s, and %s by %s", i,
			      alone.headline, alone.rule, among.headline, among.rule);
	}
}
END_TEST

/* What a judgement made of them is gone with it. */
START_TEST(views_are_views_again)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	_verdict_ struct verdict verdict = {0};
	int64_t dump, left = -1;

	assert_ok(rules_load(NULL, &rules));
	open_scene(&scenes[0], &store, &dump);
	assert_ok(judge_dump(rules, store_db(store), dump, &verdict));
	assert_ok(db_number(store_db(store), &left, "SELECT count(*) FROM temp.sqlite_schema", ""));
	ck_assert_int_eq(left, 0);
}
END_TEST

UNIT_MAIN("memory_rules", the_most_exact_explanation_wins, company_changes_no_verdict,
	  views_are_views_again)
