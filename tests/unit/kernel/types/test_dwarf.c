/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/types/dwarf.h"

/* Two units: the first only declares struct device, which the second defines. */
static const char first_source[] =
	"struct device; typedef struct { int counter; } atomic_t;\n"
	"enum state { DEAD = -1, LIVE = 7 };\n"
	"struct page { unsigned long flags; union { void *mapping; struct { unsigned inuse : 16;\n"
	"	unsigned objects : 15; unsigned frozen : 1; }; }; const volatile atomic_t count;\n"
	"	int grid[3][4]; struct page *next; struct device *dev; enum state state; char "
	"tail[]; };\n"
	"struct page *pages;\n"
	"static inline __attribute__((always_inline)) int inner(int *p)\n"
	"{\n"
	"	return *p; /* line 9 */\n"
	"}\n"
	"int act(struct page *page, int value)\n"
	"{\n"
	"	return inner(&page->grid[value][1]); /* line 13 */\n"
	"}\n"
	"struct device *get(struct page *p) { return p->dev; }\n";
static const char second_source[] = "struct device { int id; } the_device; int main(void)\n"
				    "{ return the_device.id; }\n";

static void write_file(const char *path, const char *text)
{
	_fclose_ FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
}

/* Compiles both into a program at a fixed address; then runs after. Returns an open file. */
static int build(char *dir, const char *flags, const char *after)
{
	char path[128], command[512];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/first.c", dir);
	write_file(path, first_source);
	snprintf(path, sizeof(path), "%s/second.c", dir);
	write_file(path, second_source);
	snprintf(command, sizeof(command),
		 "cd %s && cc -O1 -no-pie -fno-pie %s first.c second.c -o program && "
		 "nm program | sed -n 's/ [Tt] act$//p' > act && %s",
		 dir, flags, after);
	ck_assert_int_eq(system(command), 0);
	snprintf(path, sizeof(path), "%s/program", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static uint64_t address_of_act(const char *dir)
{
	char path[128];
	unsigned long address;

	snprintf(path, sizeof(path), "%s/act", dir);
	_fclose_ FILE *f = fopen(path, "r");
	ck_assert_int_eq(fscanf(f, "%lx", &address), 1);
	return address;
}

static void discard(const char *dir)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static void check_page(struct type_provider *p)
{
	struct type page = p->ops->find(p, TYPE_STRUCT, "page");
	struct member m;
	char text[64];

	ck_assert_str_eq(type_name(page), "page");
	ck_assert(type_find_member(page, "inuse", &m));
	ck_assert_uint_eq(m.bit_offset, 64);
	ck_assert_uint_eq(m.bit_size, 16);
	ck_assert(type_find_member(page, "frozen", &m));
	ck_assert_uint_eq(m.bit_offset, 64 + 31);
	ck_assert(type_find_member(page, "count.counter", &m));
	ck_assert_uint_eq(member_offset(&m), 16);
	ck_assert(type_find_member(page, "grid", &m));
	ck_assert_uint_eq(type_size(m.type), 48);
	ck_assert_uint_eq(type_count(m.type), 3);
	ck_assert_uint_eq(type_count(type_target(m.type)), 4);
	ck_assert(type_find_member(page, "grid[2][1]", &m));
	ck_assert_uint_eq(member_offset(&m), 20 + 4 * 9);
	ck_assert_int_eq(m.type.kind, TYPE_INT);
	ck_assert(!type_find_member(page, "grid[2][1][0]", &m));
	ck_assert(type_describe_offset(page, 20 + 4 * 9, text, sizeof(text), &m));
	ck_assert_str_eq(text, "grid[2][1]");
	ck_assert(type_find_member(page, "next", &m));
	ck_assert_uint_eq(type_target(m.type).id, page.id);
	type_format(m.type, text, sizeof(text));
	ck_assert_str_eq(text, "struct page *");
	ck_assert(type_find_member(page, "tail", &m));
	ck_assert_uint_eq(type_count(m.type), 0);
}

static void check_others(struct type_provider *p)
{
	struct member m;
	const char *name;
	uint64_t value;

	/* Declared in the unit of struct page, defined in another. */
	ck_assert(type_find_member(p->ops->find(p, TYPE_STRUCT, "page"), "dev", &m));
	struct type device = type_target(m.type);
	ck_assert_uint_eq(type_size(device), 4);
	ck_assert(type_find_member(device, "id", &m));

	struct type state = p->ops->find(p, TYPE_NONE, "state");
	ck_assert_int_eq(state.kind, TYPE_ENUM);
	ck_assert(p->ops->enumerator(p, state, 0, &name, &value));
	ck_assert_str_eq(name, "DEAD");
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert(!p->ops->enumerator(p, state, 2, &name, &value));

	struct type act = p->ops->find_symbol(p, "act");
	ck_assert_int_eq(act.kind, TYPE_FUNCTION);
	ck_assert_uint_eq(type_count(act), 2);
	ck_assert(type_member_at(act, 1, &m));
	ck_assert_str_eq(m.name, "value");
	ck_assert_int_eq(type_target(act).kind, TYPE_INT);
	ck_assert_int_eq(p->ops->find_symbol(p, "pages").kind, TYPE_POINTER);

	ck_assert_int_eq(p->ops->find(p, TYPE_STRUCT, "atomic_t").kind, TYPE_STRUCT);
	ck_assert_int_eq(p->ops->find(p, TYPE_UNION, "atomic_t").kind, TYPE_NONE);
	ck_assert_int_eq(p->ops->find(p, TYPE_STRUCT, "absent").kind, TYPE_NONE);
	ck_assert_int_eq(p->ops->find_symbol(p, "absent").kind, TYPE_NONE);
}

/* The first instruction of act() whose innermost function is this one. */
static size_t seek(struct type_provider *p, uint64_t act, const char *function,
		   struct source_line lines[4])
{
	for (uint64_t address = act; address < act + 32; address++) {
		size_t count = dwarf_lines(p, address, lines, 4);

		if (count && !strcmp(lines[0].function, function))
			return count;
	}
	return 0;
}

static void check_lines(struct type_provider *p, uint64_t act)
{
	struct source_line lines[4];

	ck_assert_uint_eq(dwarf_lines(p, act, lines, 0), 0);
	ck_assert_uint_eq(dwarf_lines(p, 0x10, lines, 4), 0);
	ck_assert_uint_eq(seek(p, act, "inner", lines), 2);
	ck_assert_uint_eq(lines[0].line, 9);
	ck_assert_str_eq(lines[1].function, "act");
	ck_assert_uint_eq(lines[1].line, 13); /* the place of the call */
	ck_assert_ptr_nonnull(strstr(lines[1].file, "first.c"));
	ck_assert_uint_eq(seek(p, act, "act", lines), 1);
}

START_TEST(each_version)
{
	static const struct {
		const char *flags, *after;
	} ways[] = {
		{"-g -gdwarf-5", "true"},
		{"-g -gdwarf-4", "true"},
		{"-g -gdwarf-3 -gstrict-dwarf", "true"},
		{"-g -gdwarf-2", "true"},
		{"-g -gdwarf-5", "objcopy --compress-debug-sections=zlib program"},
		{"-g -gdwarf-4", "objcopy --compress-debug-sections=zlib-gnu program"},
		{"-g -gdwarf-4", "objcopy --remove-section .debug_aranges program"},
	};
	char dir[] = "/tmp/test_dwarf.XXXXXX";
	struct type_provider *p;
	_close_ int fd = build(dir, ways[_i].flags, ways[_i].after);

	assert_ok(dwarf_open(fd, NULL, &p));
	check_page(p);
	check_others(p);
	check_lines(p, address_of_act(dir));
	p->ops->close(p);
	discard(dir);
}
END_TEST

START_TEST(without_debug_information)
{
	char dir[] = "/tmp/test_dwarf.XXXXXX";
	struct type_provider *p;
	_close_ int fd = build(dir, "-g0", "true"), none = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_err(dwarf_open(fd, NULL, &p), ERR_NOT_FOUND);
	assert_err(dwarf_open(none, NULL, &p), ERR_NOT_FOUND);
	discard(dir);
}
END_TEST

/* As a module's file is: nothing in it leads to where it does, but by relocations. */
START_TEST(not_linked)
{
	static const char *const ways[] = {
		"cc -c -O1 -g -gdwarf-5 first.c second.c && ld -r first.o second.o -o program",
		"cc -c -O1 -g -gdwarf-4 first.c second.c && ld -r first.o second.o -o program",
		"cc -c -O1 -g first.c second.c && ld -r first.o second.o -o program && "
		"objcopy --compress-debug-sections=zlib program",
	};
	char dir[] = "/tmp/test_dwarf.XXXXXX";
	struct type_provider *p;
	int fd = build(dir, "-g0", ways[_i]);

	assert_ok(dwarf_open(fd, NULL, &p));
	close(fd);
	check_page(p);
	check_others(p);
	p->ops->close(p);
	discard(dir);
}
END_TEST

/* --- parted files ------------------------------------------------------------------------------ */

#define STRIP "objcopy --only-keep-debug program parted && strip --strip-debug program"
/* Two programs of the same sources share what dwz takes out of both. */
#define SHARE "cp program other && dwz -m parted program other"

struct found {
	const char *dir, *file;
	char build_id[80];
	unsigned asked;
};

static int open_found(void *context, const char *build_id)
{
	struct found *found = context;
	char path[128];

	found->asked++;
	snprintf(found->build_id, sizeof(found->build_id), "%s", build_id);
	snprintf(path, sizeof(path), "%s/%s", found->dir, found->file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

START_TEST(parted)
{
	static const char *const ways[] = {STRIP, SHARE};
	char dir[] = "/tmp/test_dwarf.XXXXXX";
	struct found found = {.dir = dir, .file = "parted"};
	const struct dwarf_search search = {open_found, &found};
	struct type_provider *p;
	_close_ int fd = build(dir, "-g -gdwarf-4 -Wl,--build-id", ways[_i]);

	assert_ok(dwarf_open(fd, &search, &p));
	ck_assert_uint_eq(found.asked, 1);
	ck_assert_uint_eq(strlen(found.build_id), 40);
	check_page(p);
	check_others(p);
	check_lines(p, address_of_act(dir));
	p->ops->close(p);
	discard(dir);
}
END_TEST

/* There is something under the build-id, but of another build; or nothing. */
START_TEST(parted_from_another)
{
	static const char *const files[] = {"stranger", "absent", "first.c"};
	char dir[] = "/tmp/test_dwarf.XXXXXX";
	struct found found = {.dir = dir, .file = files[_i]};
	const struct dwarf_search search = {open_found, &found};
	struct type_provider *p;
	_close_ int fd = build(dir, "-g -Wl,--build-id",
			       STRIP " && cc -O0 -g -Wl,--build-id second.c -o stranger");

	assert_err(dwarf_open(fd, &search, &p), ERR_NOT_FOUND);
	ck_assert_uint_eq(found.asked, 1);
	discard(dir);
}
END_TEST

/* What dwz took away is unknown without its file, and the rest is as it was. */
START_TEST(shared_and_lost)
{
	char dir[] = "/tmp/test_dwarf.XXXXXX";
	struct found found = {.dir = dir, .file = "other"};
	const struct dwarf_search search = {open_found, &found};
	struct type_provider *p;
	_close_ int fd = build(dir, "-g -gdwarf-4 -Wl,--build-id", SHARE);

	assert_ok(dwarf_open(fd, &search, &p));
	struct type act = p->ops->find_symbol(p, "act");
	ck_assert_int_eq(act.kind, TYPE_FUNCTION);
	type_target(act);
	ck_assert_uint_eq(type_size(p->ops->find(p, TYPE_STRUCT, "page")), 0);
	p->ops->close(p);
	discard(dir);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("dwarf");

	tcase_set_timeout(cases, 60); /* it runs a compiler */
	tcase_add_loop_test(cases, each_version, 0, 7);
	tcase_add_test(cases, without_debug_information);
	tcase_add_loop_test(cases, not_linked, 0, 3);
	tcase_add_loop_test(cases, parted, 0, 2);
	tcase_add_loop_test(cases, parted_from_another, 0, 3);
	tcase_add_test(cases, shared_and_lost);
	return unit_run("dwarf", cases);
}
