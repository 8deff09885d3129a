/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/symbols/vmlinux.h"
#include "kernel/symbols/vmlinux_find.h"

#define TEXT 0xffffffff81000000ull
#define RODATA 0xffffffff81800000ull
#define RELEASE "6.1.0-13-amd64"
#define BANNER "Linux version " RELEASE " (builder@host) (gcc 12) #1 SMP 2023-09-29"
#define SLIDE 0x2000000ull

/* Stands in for kernel/memory/memory.c: all it holds is a banner. */
static const char *memory_banner;

struct err *memory_read(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	(void)memory, (void)buf, (void)length;
	return err_at(ERR_UNMAPPED, va, "nothing there");
}

struct err *memory_stream(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	return memory_read(memory, va, buf, length);
}

struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys)
{
	(void)memory, (void)phys;
	return err_at(ERR_UNMAPPED, va, "nothing there");
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	(void)memory;
	if (va != RODATA + 16 + SLIDE || !memory_banner)
		return err_at(ERR_EXCLUDED, va, "page excluded");
	copy_string(buf, size, memory_banner);
	return NULL;
}

uint64_t memory_kaslr_offset(const struct memory *memory)
{
	(void)memory;
	return SLIDE;
}

/* A vmlinux of four sections beside the null one: what counts of the real one. */
struct tiny {
	Elf64_Ehdr header;
	Elf64_Shdr sections[6];
	struct {
		Elf64_Nhdr header;
		char name[4];
		uint8_t id[20];
	} note;
	char rodata[256];
	Elf64_Sym symbols[6];
	char strings[128];
};

enum { NONE, NOTES, READ_ONLY, CODE, SYMBOLS, STRINGS, SECTIONS };

static void add_symbol(struct tiny *tiny, unsigned i, const char *name, uint64_t address,
		       unsigned info, uint16_t section)
{
	size_t at = 1;

	while (tiny->strings[at])
		at += strlen(tiny->strings + at) + 1;
	strcpy(tiny->strings + at, name);
	tiny->symbols[i] = (Elf64_Sym){.st_name = (uint32_t)at,
				       .st_info = (unsigned char)info,
				       .st_shndx = section,
				       .st_value = address};
}

static void add_symbols(struct tiny *tiny)
{
	add_symbol(tiny, 1, "_text", TEXT, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), CODE);
	add_symbol(tiny, 2, "helper", TEXT + 0x10, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), CODE);
	add_symbol(tiny, 3, "linux_banner", RODATA + 16, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
		   READ_ONLY);
	add_symbol(tiny, 4, "_end", RODATA + 0x1000, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
		   READ_ONLY);
	add_symbol(tiny, 5, "cpu_number", 0x19158, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
		   READ_ONLY);
}

static void build(struct tiny *tiny, const char *banner, uint8_t id)
{
	*tiny = (struct tiny){0};
	tiny->header = (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = offsetof(struct tiny, sections),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = SECTIONS,
		.e_shstrndx = STRINGS,
	};
	tiny->sections[NOTES] = (Elf64_Shdr){.sh_type = id ? SHT_NOTE : SHT_PROGBITS,
					     .sh_offset = offsetof(struct tiny, note),
					     .sh_size = sizeof(tiny->note),
					     .sh_addralign = 4};
	tiny->sections[READ_ONLY] = (Elf64_Shdr){.sh_type = SHT_PROGBITS,
						 .sh_flags = SHF_ALLOC,
						 .sh_addr = RODATA,
						 .sh_offset = offsetof(struct tiny, rodata),
						 .sh_size = sizeof(tiny->rodata)};
	tiny->sections[CODE] = (Elf64_Shdr){.sh_type = SHT_NOBITS,
					    .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
					    .sh_addr = TEXT,
					    .sh_size = 0x1000};
	tiny->sections[SYMBOLS] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
					       .sh_offset = offsetof(struct tiny, symbols),
					       .sh_size = sizeof(tiny->symbols),
					       .sh_link = STRINGS,
					       .sh_entsize = sizeof(Elf64_Sym),
					       .sh_addralign = 8};
	tiny->sections[STRINGS] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
					       .sh_offset = offsetof(struct tiny, strings),
					       .sh_size = sizeof(tiny->strings)};
	tiny->note.header = (Elf64_Nhdr){4, 20, NT_GNU_BUILD_ID};
	memcpy(tiny->note.name, "GNU", 4);
	memset(tiny->note.id, id, sizeof(tiny->note.id));
	snprintf(tiny->rodata + 16, sizeof(tiny->rodata) - 16, "%s\n", banner);
	add_symbols(tiny);
}

static int file_of(const struct tiny *tiny, size_t size)
{
	int fd = memfd_create("vmlinux", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, tiny, size), (ssize_t)size);
	return fd;
}

static int vmlinux(const char *banner, uint8_t id)
{
	struct tiny tiny;

	build(&tiny, banner, id);
	return file_of(&tiny, sizeof(tiny));
}

#define ID(b) b b b b b b b b b b b b b b b b b b b b
#define INFO(b) "OSRELEASE=" RELEASE "\nBUILD-ID=" ID(b) "\n"

/* fd's check against VMCOREINFO text, with or without the dump's memory. */
static struct err *check(int fd, const char *text, bool memory)
{
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info = NULL;
	_close_ int owned = fd;

	assert_ok(vmcoreinfo_parse(text, strlen(text), &info));
	return vmlinux_check(owned, info, memory ? (struct memory *)&memory_banner : NULL);
}

START_TEST(same_build_id_is_enough)
{
	memory_banner = NULL;
	assert_ok(check(vmlinux("no banner", 0xab), INFO("ab"), true));
}
END_TEST

START_TEST(other_build_id_needs_the_same_banner)
{
	/* VMCOREINFO's may have been written wrong; the dump's own words decide. */
	memory_banner = BANNER "\n";
	assert_ok(check(vmlinux(BANNER, 0xab), INFO("cd"), true));
	memory_banner = BANNER " and one letter\n";
	assert_err(check(vmlinux(BANNER, 0xab), INFO("cd"), true), ERR_INVALID);
	/* The same release does not make up for it. */
	memory_banner = NULL;
	assert_err(check(vmlinux(BANNER, 0xab), INFO("cd"), true), ERR_INVALID);
	assert_err(check(vmlinux(BANNER, 0xab), INFO("cd"), false), ERR_INVALID);
}
END_TEST

START_TEST(without_build_id_the_release_counts)
{
	memory_banner = NULL;
	assert_ok(check(vmlinux(BANNER, 0), INFO("cd"), false));
	assert_ok(check(vmlinux(BANNER, 0xab), "OSRELEASE=" RELEASE "\n", false));
	assert_err(check(vmlinux(BANNER, 0), "OSRELEASE=6.1.0-13\n", false), ERR_INVALID);
	assert_err(check(vmlinux(BANNER, 0), "OSRELEASE=6.1.0-14-amd64\n", false), ERR_INVALID);
	assert_err(check(vmlinux(BANNER, 0), "X=1\n", false), ERR_INVALID);
	memory_banner = BANNER "\n";
	assert_ok(check(vmlinux(BANNER, 0), "X=1\n", true));
}
END_TEST

START_TEST(message_names_both_sides)
{
	memory_banner = NULL;
	_err_ struct err *err = check(vmlinux(BANNER, 0xab), INFO("cd"), false);

	ck_assert_ptr_nonnull(strstr(err->message, ID("ab")));
	ck_assert_ptr_nonnull(strstr(err->message, ID("cd")));
	ck_assert_ptr_nonnull(strstr(err->message, RELEASE));
}
END_TEST

START_TEST(what_is_no_elf_is_refused)
{
	struct tiny tiny;
	struct symbols *symbols;

	build(&tiny, BANNER, 0xab);
	for (size_t size = 0; size < sizeof(tiny); size += 8)
		assert_err(check(file_of(&tiny, size), INFO("cd"), false), ERR_INVALID);
	_close_ int fd = file_of(&tiny, sizeof(Elf64_Ehdr));
	ck_assert(!err_ok(symbols_open_vmlinux(fd, 0, &symbols)));
}
END_TEST

START_TEST(symbols_are_moved)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	_close_ int fd = vmlinux(BANNER, 0xab);
	struct symbol symbol;
	uint64_t address;

	assert_ok(symbols_open_vmlinux(fd, SLIDE, &symbols));
	ck_assert(symbols_at(symbols, TEXT + SLIDE + 0x20, &symbol));
	ck_assert_str_eq(symbol.name, "helper");
	ck_assert_int_eq(symbol.type, 't');
	ck_assert_uint_eq(symbol.size, RODATA + 16 - TEXT - 0x10);
	ck_assert(symbols_at(symbols, RODATA + SLIDE + 20, &symbol));
	ck_assert_int_eq(symbol.type, 'R');
	ck_assert(symbols_find(symbols, "cpu_number", &address));
	ck_assert_uint_eq(address, 0x19158);
}
END_TEST

static void put_file(const char *path, int fd)
{
	char command[1100], buf[4096];
	_close_ int from = fd, to = -1;

	for (size_t i = 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		snprintf(command, sizeof(command), "%.*s", (int)i, path);
		mkdir(command, 0700);
	}
	to = creat(path, 0600);
	ck_assert_int_ge(to, 0);
	ssize_t size = pread(from, buf, sizeof(buf), 0);
	ck_assert_int_eq(write(to, buf, (size_t)size), size);
}

START_TEST(finder_looks_in_the_usual_places)
{
	char root[] = "/tmp/test_vmlinux.XXXXXX", path[512], found[512];
	int fd = -1;

	ck_assert_ptr_nonnull(mkdtemp(root));
	assert_err(vmlinux_find(root, RELEASE, NULL, found, sizeof(found), &fd), ERR_NOT_FOUND);
	snprintf(path, sizeof(path), "%s/boot/vmlinux-" RELEASE, root);
	put_file(path, vmlinux(BANNER, 0x11));
	assert_ok(vmlinux_find(root, RELEASE, NULL, found, sizeof(found), &fd));
	ck_assert_str_eq(found, path);
	close(fd);

	/* One of another build is passed over for the right one. */
	assert_err(vmlinux_find(root, RELEASE, ID("ab"), found, sizeof(found), &fd), ERR_NOT_FOUND);
	snprintf(path, sizeof(path), "%s/usr/lib/debug/.build-id/ab/%s.debug", root, ID("ab") + 2);
	put_file(path, vmlinux(BANNER, 0xab));
	assert_ok(vmlinux_find(root, RELEASE, ID("ab"), found, sizeof(found), &fd));
	ck_assert_str_eq(found, path);
	close(fd);

	/* What comes from a dump does not lead out of these places. */
	snprintf(path, sizeof(path), "%s/boot/vmlinux-x/secret", root);
	put_file(path, vmlinux(BANNER, 0x11));
	assert_err(vmlinux_find(root, "x/secret", "../../x", found, sizeof(found), &fd),
		   ERR_NOT_FOUND);
	assert_err(vmlinux_find(root, "", NULL, found, sizeof(found), &fd), ERR_NOT_FOUND);
	snprintf(path, sizeof(path), "rm -r %s", root);
	ck_assert_int_eq(system(path), 0);
}
END_TEST

UNIT_MAIN("vmlinux", same_build_id_is_enough, other_build_id_needs_the_same_banner,
	  without_build_id_the_release_counts, message_names_both_sides, what_is_no_elf_is_refused,
	  symbols_are_moved, finder_looks_in_the_usual_places)
