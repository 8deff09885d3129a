/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/types/dwarf.h"
#include "kernel/types/lock_type.h"
#include "kernel/types/members.h"
#include "kernel/types/probed.h"
#include "kernel/types/profile.h"
#include "kernel/types/profile_asks.h"

/* Forms of several eras: named and anonymous structures, unions, bit-fields, arrays, typedefs. */
static const char source[] =
	"struct list_head { struct list_head *next, *prev; };\n"
	"typedef struct { int counter; } atomic_t;\n"
	"typedef struct qspinlock { union { atomic_t val; }; } arch_spinlock_t;\n"
	"typedef struct raw_spinlock { arch_spinlock_t raw_lock; } raw_spinlock_t;\n"
	"typedef struct { unsigned seq; raw_spinlock_t lock; } seqlock_t;\n"
	"struct mutex { struct { long counter; } owner; raw_spinlock_t wait_lock;\n"
	"	struct list_head wait_list; };\n"
	"struct mm_struct; struct sched_info { unsigned long long last_arrival; };\n"
	"struct thread_struct { unsigned long cr2; unsigned long sp; };\n"
	"struct task_struct { volatile long state; void *stack; int pid, tgid; char comm[16];\n"
	"	struct list_head tasks; struct mm_struct *mm; struct sched_info sched_info;\n"
	"	struct thread_struct thread; raw_spinlock_t pi_lock;\n"
	"	struct { struct mutex inner[2]; int nothing; } futex; seqlock_t seq; };\n"
	"struct page { unsigned long flags; union { struct { void *freelist; unsigned inuse:16;\n"
	"	unsigned objects:15; unsigned frozen:1; }; struct list_head lru; }; };\n"
	"struct zone { raw_spinlock_t lock; unsigned long vm_stat[3]; const char *name; };\n"
	"typedef struct pglist_data { struct zone node_zones[4]; } pg_data_t;\n"
	"enum zone_stat_item { NR_FREE_PAGES, NR_ODD = -2 };\n"
	"union thread_union { unsigned long stack[2048]; };\n"
	"struct task_struct init; struct page page; pg_data_t node; enum zone_stat_item item;\n"
	"#ifdef MORE\nstruct rw_semaphore { long count; } sem;\n#endif\n"
	"union thread_union u; int main(void) { return 0; }\n";

static struct type_provider *compile(const char *flags)
{
	char dir[] = "/tmp/test_profile.XXXXXX", path[64], command[256];
	struct type_provider *dwarf;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.c", dir);
	FILE *f = fopen(path, "w");
	ck_assert(f && fputs(source, f) >= 0 && !fclose(f));
	snprintf(command, sizeof(command), "cd %s && cc -g %s a.c -o a", dir, flags);
	ck_assert_int_eq(system(command), 0);
	snprintf(path, sizeof(path), "%s/a", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC); /* it stays open as long as the program runs */
	assert_ok(dwarf_open(fd, NULL, &dwarf));
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
	return dwarf;
}

static struct types *types_of(struct type_provider *provider)
{
	struct types *types;

	assert_ok(types_open(&types));
	assert_ok(types_add(types, provider));
	return types;
}

static const struct profile_info from_vmlinux = {
	.release = "6.1.0", .build_id = "abcd", .banner = "Linux version 6.1.0 (x) #1"};

static char *make(struct types *types)
{
	struct str text = {0};

	assert_ok(profile_make(types, &from_vmlinux, &text));
	return str_take(&text);
}

static struct types *read_back(const char *text, struct profile_info *info)
{
	struct type_provider *profile;

	assert_ok(profile_read(text, strlen(text), info, &profile));
	return types_of(profile);
}

/* Every member that analyzers know of is where the debug information has it. */
static void compare_members(struct types *told, struct types *profile)
{
	_cleanup_(cleanup_members_close) struct members *a = NULL, *b = NULL;
	unsigned found = 0;

	assert_ok(members_open(told, &a));
	assert_ok(members_open(profile, &b));
	for (enum member_id id = 0; id < MEMBER_COUNT; id++) {
		const struct member *x = members_get(a, id), *y = members_get(b, id);

		ck_assert_msg(!x == !y, "%s", members_name(id));
		if (!x)
			continue;
		found++;
		ck_assert_str_eq(x->name, y->name);
		ck_assert_uint_eq(x->bit_offset, y->bit_offset);
		ck_assert_uint_eq(x->bit_size, y->bit_size);
		ck_assert_int_eq(x->type.kind, y->type.kind);
		ck_assert_uint_eq(type_size(x->type), type_size(y->type));
		ck_assert_uint_eq(type_count(x->type) * (x->type.kind == TYPE_ARRAY),
				  type_count(y->type) * (y->type.kind == TYPE_ARRAY));
	}
	ck_assert_uint_ge(found, 20);
}

static void check_others(struct types *types)
{
	struct member m;
	uint64_t value;

	ck_assert_uint_eq(type_size(types_find(types, TYPE_UNION, "thread_union")), 16384);
	ck_assert_uint_eq(type_size(types_find(types, TYPE_NONE, "raw_spinlock_t")), 4);
	ck_assert(types_enumerator(types, "zone_stat_item", "NR_ODD", &value));
	ck_assert_uint_eq(value, (uint64_t)-2);
	ck_assert_int_eq(types_find_struct(types, "rw_semaphore").kind, TYPE_NONE);

	struct type task = types_find_struct(types, "task_struct");
	ck_assert(type_find_member(task, "mm", &m));
	ck_assert_str_eq(type_name(type_target(m.type)), "mm_struct");
	/* Locks deep in a structure that holds some; what is beside them is left out. */
	ck_assert(type_find_member(task, "futex.inner[1]", &m));
	ck_assert_str_eq(type_name(m.type), "mutex");
	ck_assert(!type_find_member(task, "futex.nothing", &m));
	ck_assert(type_find_member(task, "futex", &m));
	ck_assert_ptr_null(type_name(m.type)); /* anonymous there, and here */
	ck_assert(type_find_member(types_find_struct(types, "pglist_data"), "node_zones[3].lock",
				   &m));
	ck_assert(lock_type_is(m.type));
	ck_assert(type_find_member(task, "comm", &m));
	ck_assert_uint_eq(type_count(m.type), 16);
}

START_TEST(says_what_debug_information_says)
{
	static const char *const versions[] = {"-gdwarf-5", "-gdwarf-4", "-gdwarf-3 -gstrict-dwarf",
					       "-gdwarf-2 -gstrict-dwarf"};
	_cleanup_(cleanup_types_close) struct types *told = types_of(compile(versions[_i]));
	_free_ char *text = make(told);
	struct profile_info info;
	_cleanup_(cleanup_types_close) struct types *types = read_back(text, &info);
	_free_ char *again = make(types);

	compare_members(told, types);
	check_others(types);
	ck_assert_str_eq(text, again);
	ck_assert(info.whole && !info.probed);
	ck_assert_str_eq(info.release, "6.1.0");
	ck_assert_str_eq(info.build_id, "abcd");
	ck_assert_str_eq(info.banner, "Linux version 6.1.0 (x) #1");
}
END_TEST

/* With debug information at hand, that is not asked for what a profile would hold. */
START_TEST(spares_what_it_is_made_of)
{
	_cleanup_(cleanup_types_close) struct types *told = types_of(compile("-gdwarf-5"));
	_free_ char *text = make(told);
	struct profile_info info;
	_cleanup_(cleanup_types_close) struct types *types = read_back(text, &info);

	assert_ok(types_add(types, compile("-gdwarf-5 -DMORE")));
	ck_assert_str_eq(types_find_struct(types, "task_struct").provider->ops->name, "profile");
	ck_assert(profile_asks("rw_semaphore") && !profile_asks("sched_info"));
	ck_assert_int_eq(types_find_struct(types, "rw_semaphore").kind, TYPE_NONE);
	ck_assert_int_eq(types_find_symbol(types, "main").kind, TYPE_FUNCTION);
	struct type whole = types_find_whole(types, TYPE_STRUCT, "task_struct");
	ck_assert_str_eq(whole.provider->ops->name, "dwarf");
	ck_assert_str_eq(types_find_whole(told, TYPE_STRUCT, "page").provider->ops->name, "dwarf");
}
END_TEST

START_TEST(of_nothing_that_is_asked_for)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;
	_str_ struct str text = {0};

	assert_ok(types_open(&types));
	assert_err(profile_make(types, &from_vmlinux, &text), ERR_NOT_FOUND);
}
END_TEST

/* What a probe knows of a member's member, whose own structure it does not know, is kept by its path. */
START_TEST(paths_of_what_was_probed)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;
	_str_ struct str text = {0};
	const struct profile_info probe = {.release = "6.1.0", .probed = true};
	struct profile_info info;
	struct type_provider *probed, *profile;
	struct member m;

	assert_ok(types_open(&types));
	assert_ok(probed_open(&probed));
	assert_ok(probed_add(probed, "task_struct", "thread.sp", 512, PROBED_NUMBER(8)));
	assert_ok(types_add(types, probed));
	assert_ok(profile_make(types, &probe, &text));
	assert_ok(profile_read(text.data, text.length, &info, &profile));
	struct type task = profile->ops->find(profile, TYPE_STRUCT, "task_struct");
	ck_assert(type_find_member(task, "thread.sp", &m));
	ck_assert_uint_eq(member_offset(&m), 512);
	ck_assert(!type_find_member(task, "thread", &m));
	profile->ops->close(profile);
}
END_TEST

/* --- files from anybody ------------------------------------------------------------------------- */

#define HEAD "triage profile 1\nasks 0\nrelease 6.1.0\nfrom dwarf\n"

static struct err *read_text(const char *body)
{
	_str_ struct str text = {0};
	struct profile_info info;
	struct type_provider *profile = NULL;

	str_puts(&text, body);
	str_printf(&text, "sum %016llx\n", (unsigned long long)hash_bytes(text.data, text.length));
	struct err *err = profile_read(text.data, text.length, &info, &profile);
	if (!err)
		profile->ops->close(profile);
	return err;
}

START_TEST(what_is_wrong_is_refused)
{
	static const char *const bodies[] = {
		"triage profile 1\n",
		"triage profile 1\nasks 0\nfrom dwarf\n", /* of no kernel */
		"triage profile 1\nasks 0\nrelease 6.1.0\n",
		"triage profile 1\nrelease 6.1.0\nfrom elsewhere\n",
		"triage profile 1\nrelease 6\x01.1.0\nfrom dwarf\n",
		"triage profile 1\nrelease 6.1.0\nfrom probing 7\n",
		HEAD "\n",
		HEAD "\tpid 0 int 4\n",
		HEAD "struct task_struct\n",
		HEAD "struct task_struct 99999999999\n",
		HEAD "struct task_struct -1\n",
		HEAD "struct task struct 8\n",
		HEAD "class task_struct 8\n",
		HEAD "struct a 8\nstruct a 16\n",
		HEAD "struct a 8\n\tpid 5 int 4\n",
		HEAD "struct a 8\n\tpid 18446744073709551615 int 4\n",
		HEAD "struct a 8\n\tpid 0 int 99\n",
		HEAD "struct a 8\n\tpid 0\n",
		HEAD "struct a 8\n\tpid 0 struct b\n",
		HEAD "struct a 8\n\tpid 0 struct b\nstruct b 16\n",
		HEAD "struct a 8\n\tx 0 array 4294967296 int 4\n",
		HEAD "struct a 8\n\tx 0 array 9 int 1\n",
		HEAD "struct a 8\n\tx 0 array 16777216 array 16777216 array 16777216 int 1\n",
		HEAD
		"struct a 8\n\tx 0 array 1 array 1 array 1 array 1 array 1 array 1 array 1 array 1 "
		"array 1 array 1 array 1 int 1\n",
		HEAD "struct a 8\n\tx 0:8:1 int 4\n",
		HEAD "struct a 8\n\tx 0:1:65 int 4\n",
		HEAD "struct a 8\n\tx 7:7:2 int 4\n",
		HEAD "struct a 8\n\tx 0:1 int 4\n",
		HEAD "struct a 8\n\tx;y 0 int 4\n",
		HEAD "enum a 4\n\tX\n",
		HEAD "alias a\n",
		HEAD "alias a struct b\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct err *err = read_text(bodies[i]);

		ck_assert_msg(err && err->code == ERR_CORRUPT, "%zu: %s", i,
			      err ? err->message : "taken");
		err_free(err);
	}
	assert_err(read_text("triage profile 2\n"), ERR_INVALID);
	assert_err(read_text("#!/bin/sh\n"), ERR_INVALID);
	assert_ok(read_text(HEAD "struct a 8\n\tx 0 array 8 int 1\n\trest 8 array 0 int 1\n"));
}
END_TEST

/* A structure in itself, as C has none: whoever goes down it comes to an end. */
START_TEST(structures_in_themselves)
{
	_str_ struct str text = {0};
	struct profile_info info;
	struct type_provider *profile;
	struct member m;
	char path[64];

	str_puts(&text, HEAD "struct a 8\n\tb 0 struct b\nstruct b 8\n\ta 0 struct a\n");
	str_printf(&text, "sum %016llx\n", (unsigned long long)hash_bytes(text.data, text.length));
	assert_ok(profile_read(text.data, text.length, &info, &profile));
	struct type a = profile->ops->find(profile, TYPE_STRUCT, "a");
	ck_assert(type_find_member(a, "b.a.b.a", &m));
	ck_assert(!type_describe_offset(a, 4, path, sizeof(path), &m));
	profile->ops->close(profile);
}
END_TEST

START_TEST(too_much_is_refused)
{
	_str_ struct str structs = {0}, members = {0};

	str_puts(&structs, HEAD);
	for (unsigned i = 0; i < 2000; i++)
		str_printf(&structs, "struct s%u 8\n", i);
	assert_err(read_text(structs.data), ERR_LIMIT);
	str_puts(&members, HEAD "struct s 4000\n");
	for (unsigned i = 0; i < 2000; i++)
		str_printf(&members, "\tm%u 0 int 4\n", i);
	assert_err(read_text(members.data), ERR_LIMIT);
	for (unsigned i = 0; i < 4000; i++)
		str_puts(&members, "struct lengthens_the_file 8\n");
	assert_err(read_text(members.data), ERR_LIMIT);
}
END_TEST

/* However it was cut or changed. */
START_TEST(damage_is_noticed)
{
	_cleanup_(cleanup_types_close) struct types *told = types_of(compile("-gdwarf-5"));
	_free_ char *text = make(told);
	size_t length = strlen(text);
	struct profile_info info;

	for (size_t i = 0; i < length; i += 1 + i / 50) {
		ck_assert(!err_ok(profile_read(text, i, &info, NULL)));
		text[i] ^= 1;
		ck_assert(!err_ok(profile_read(text, length, &info, NULL)));
		text[i] ^= 1;
	}
	assert_ok(profile_read(text, length, &info, NULL));
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("profile");

	tcase_set_timeout(cases, 120); /* it runs a compiler */
	tcase_add_loop_test(cases, says_what_debug_information_says, 0, 4);
	tcase_add_test(cases, spares_what_it_is_made_of);
	tcase_add_test(cases, of_nothing_that_is_asked_for);
	tcase_add_test(cases, paths_of_what_was_probed);
	tcase_add_test(cases, what_is_wrong_is_refused);
	tcase_add_test(cases, structures_in_themselves);
	tcase_add_test(cases, too_much_is_refused);
	tcase_add_test(cases, damage_is_noticed);
	return unit_run("profile", cases);
}
