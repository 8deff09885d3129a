/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module's code against its .ko: sections placed, relocations applied, files that lie. */
#include "elf_build.h"
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/modules/module.h"
#include "kernel/text/text_file_module.h"
#include "kernel/modules/module_symbols.h"
#include "text/text_compare.h"

#define TEXT (FAKE_BASE + 0x10000)
#define DATA (FAKE_BASE + 0x14000)
#define STRINGS (FAKE_BASE + 0x15000)
#define NOTE (FAKE_BASE + 0x16000)
#define CALLEE (FAKE_BASE + 0x18000)
#define CODE_SIZE 64

/* Stands in for kernel/modules/module_symbols.c: what the dump says of the module. */
static struct {
	const char *name;
	uint64_t address;
} in_dump[8];
static size_t in_dump_count;

struct err *module_symbols_read(struct kernel *from, const char *module, uint64_t kallsyms,
				struct symbol_list *list)
{
	(void)from, (void)module, (void)kallsyms;
	for (size_t i = 0; i < in_dump_count; i++)
		TRY(symbol_list_add(list, in_dump[i].address, 't', in_dump[i].name,
				    strlen(in_dump[i].name)));
	return NULL;
}

static void add_in_dump(const char *name, uint64_t address)
{
	in_dump[in_dump_count].name = name;
	in_dump[in_dump_count++].address = address;
}

/* --- a module --------------------------------------------------------------------------------- */

enum { S_NULL, S_TEXT, S_DATA, S_STRINGS, S_NOTE, S_SYMTAB, S_STRTAB, S_RELA };
enum { SYM_NULL, SYM_FUNCTION, SYM_OTHER, SYM_VARIABLE, SYM_STRINGS, SYM_CALLEE, SYMBOLS };

static const char names[] = "\0function\0other\0variable\0callee";
static const uint8_t note[36] = {4,   0,   0,	0,  20, 0,  0,	0,  3,	0,  0,	0,
				 'G', 'N', 'U', 0,  1,	2,  3,	4,  5,	6,  7,	8,
				 9,   10,  11,	12, 13, 14, 15, 16, 17, 18, 19, 20};

struct fixture {
	struct elf_build file;
	uint8_t code[CODE_SIZE];   /* in the file */
	uint8_t loaded[CODE_SIZE]; /* in the dump */
	Elf64_Sym symbols[SYMBOLS];
	Elf64_Rela relas[4];
	struct module module;
};

static void put_s32(uint8_t *at, int64_t value)
{
	int32_t narrow = (int32_t)value;

	memcpy(at, &narrow, 4);
}

/* callq callee; mov variable(%rip),%rax; two times lea string(%rip),%rdi. */
static void put_code(struct fixture *f)
{
	memset(f->code, 0x90, CODE_SIZE);
	memcpy(f->code, "\xe8\0\0\0\0\x48\x8b\x05\0\0\0\0\x48\x8d\x3d\0\0\0\0\x48\x8d\x3d\0\0\0\0",
	       26);
	memcpy(f->loaded, f->code, CODE_SIZE);
	put_s32(f->loaded + 1, CALLEE - (TEXT + 5));
	put_s32(f->loaded + 8, DATA + 16 - (TEXT + 12));
	put_s32(f->loaded + 15, STRINGS + 3 - (TEXT + 19));
	put_s32(f->loaded + 22, STRINGS + 9 - (TEXT + 26));
}

static void set_up(struct fixture *f)
{
	static const char text[] = "one\0two\0three";

	*f = (struct fixture){.file.type = ET_REL};
	in_dump_count = 0;
	fake_open(NULL);
	fake_modules = FAKE_BASE;
	fake_modules_end = FAKE_BASE + 0x20000;
	fake_symbol("callee", CALLEE);
	assert_ok(disasm_open(&kernel.disasm));
	put_code(f);
	f->symbols[SYM_FUNCTION] =
		(Elf64_Sym){1, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, S_TEXT, 0, 32};
	f->symbols[SYM_OTHER] =
		(Elf64_Sym){10, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, S_TEXT, 32, 32};
	f->symbols[SYM_VARIABLE] =
		(Elf64_Sym){16, ELF64_ST_INFO(STB_LOCAL, STT_OBJECT), 0, S_DATA, 16, 8};
	f->symbols[SYM_STRINGS] =
		(Elf64_Sym){0, ELF64_ST_INFO(STB_LOCAL, STT_SECTION), 0, S_STRINGS, 0, 0};
	f->symbols[SYM_CALLEE] = (Elf64_Sym){25, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), 0, 0, 0, 0};
	f->relas[0] = (Elf64_Rela){1, ELF64_R_INFO(SYM_CALLEE, R_X86_64_PLT32), -4};
	f->relas[1] = (Elf64_Rela){8, ELF64_R_INFO(SYM_VARIABLE, R_X86_64_PC32), -4};
	f->relas[2] = (Elf64_Rela){15, ELF64_R_INFO(SYM_STRINGS, R_X86_64_PC32), 3 - 4};
	f->relas[3] = (Elf64_Rela){22, ELF64_R_INFO(SYM_STRINGS, R_X86_64_PC32), 9 - 4};
	add_section(&f->file, ".text", f->code, CODE_SIZE, 0, SHF_EXECINSTR);
	add_section(&f->file, ".data", f->code, 32, 0, SHF_WRITE);
	add_section(&f->file, ".rodata.str1.1", text, sizeof(text), 0, 0);
	add_section(&f->file, ".note.gnu.build-id", note, sizeof(note), 0, 0);
	add_section(&f->file, ".symtab", f->symbols, sizeof(f->symbols), 0, 0);
	add_section(&f->file, ".strtab", names, sizeof(names), 0, 0);
	add_section(&f->file, ".rela.text", f->relas, sizeof(f->relas), 0, 0);
	f->file.sections[S_SYMTAB].type = SHT_SYMTAB;
	f->file.sections[S_SYMTAB].flags = 0;
	f->file.sections[S_SYMTAB].link = S_STRTAB;
	f->file.sections[S_SYMTAB].entry = sizeof(Elf64_Sym);
	f->file.sections[S_STRTAB].type = SHT_STRTAB;
	f->file.sections[S_STRTAB].flags = 0;
	f->file.sections[S_RELA].type = SHT_RELA;
	f->file.sections[S_RELA].flags = 0;
	f->file.sections[S_RELA].link = S_SYMTAB;
	f->file.sections[S_RELA].info = S_TEXT;
	f->file.sections[S_RELA].entry = sizeof(Elf64_Rela);
	add_in_dump("function", TEXT);
	add_in_dump("other", TEXT + 32);
	add_in_dump("variable", DATA + 16);
	fake_put(NOTE, note, sizeof(note));
	f->module = (struct module){
		.name = "module", .base = TEXT, .size = CODE_SIZE, .range_count = 2};
	f->module.ranges[0].start = TEXT;
	f->module.ranges[0].end = TEXT + CODE_SIZE;
	f->module.ranges[0].text = true;
	f->module.ranges[1].start = DATA;
	f->module.ranges[1].end = CALLEE;
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	fake_close();
}

static struct err *compare_fd(struct fixture *f, int fd, struct text_comparison *result)
{
	_cleanup_(cleanup_text_file_close) struct text_file *text = NULL;

	*result = (struct text_comparison){0};
	fake_put(TEXT, f->loaded, CODE_SIZE);
	TRY(text_file_open(fd, &text));
	TRY(text_file_module_place(text, &kernel, &f->module));
	return text_compare(&kernel, text, TEXT, TEXT + CODE_SIZE, result);
}

static struct err *compare(struct fixture *f, struct text_comparison *result)
{
	return compare_fd(f, write_file(&f->file), result);
}

START_TEST(relocations_are_applied)
{
	struct text_comparison result;
	struct fixture f;

	set_up(&f);
	assert_ok(compare(&f, &result));
	ck_assert_uint_eq(result.count, 0);
	ck_assert_uint_eq(result.unchecked, 0);
	ck_assert_uint_eq(result.bytes, CODE_SIZE);
	tear_down();
}
END_TEST

START_TEST(flips_in_code_and_in_fields)
{
	static const size_t places[] = {0, 1, 3, 8, 16, 40};
	struct text_comparison result;
	struct fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		set_up(&f);
		uint8_t good = f.loaded[places[i]];
		f.loaded[places[i]] ^= 0x40;
		assert_ok(compare(&f, &result));
		if (places[i] == 16) { /* of two references to the strings: which one is right? */
			ck_assert_uint_eq(result.count, 0);
			ck_assert_uint_eq(result.unchecked, 8);
		} else {
			ck_assert_str_eq(text_difference_class(&result), "bit_flip");
			ck_assert_uint_eq(result.differences[0].address, TEXT + places[i]);
			ck_assert_uint_eq(result.differences[0].expected, good);
		}
		tear_down();
	}
}
END_TEST

START_TEST(symbols_of_the_same_name_elsewhere)
{
	struct text_comparison result;
	struct fixture f;

	/* The loader bound the call to another "callee" than we find first. */
	set_up(&f);
	fake_symbol("callee", CALLEE + 0x100);
	put_s32(f.loaded + 1, CALLEE + 0x100 - (TEXT + 5));
	assert_ok(compare(&f, &result));
	ck_assert_uint_eq(result.count, 0);
	/* To nobody of that name: far off is not a flip, and not known. */
	put_s32(f.loaded + 1, CALLEE + 0x2fe - (TEXT + 5));
	assert_ok(compare(&f, &result));
	ck_assert_uint_eq(result.count, 0);
	ck_assert_uint_eq(result.unchecked, 4);
	tear_down();
}
END_TEST

START_TEST(files_of_another_build_are_refused)
{
	struct text_comparison result;
	struct fixture f;

	set_up(&f);
	fake_u64(NOTE + 16, 0x1122334455667788);
	assert_err(compare(&f, &result), ERR_INVALID);
	tear_down();
	/* Without a build-id the symbols decide. */
	set_up(&f);
	f.file.sections[S_NOTE].name = ".note.other";
	assert_ok(compare(&f, &result));
	in_dump[1].address += 16;
	assert_err(compare(&f, &result), ERR_INVALID);
	in_dump_count = 0;
	assert_err(compare(&f, &result), ERR_NOT_FOUND);
	tear_down();
	/* A kernel's file. */
	set_up(&f);
	f.file.type = ET_EXEC;
	assert_err(compare(&f, &result), ERR_INVALID);
	tear_down();
}
END_TEST

START_TEST(relocations_that_lie)
{
	static const Elf64_Rela lies[] = {
		{UINT64_MAX, ELF64_R_INFO(SYM_CALLEE, R_X86_64_PLT32), -4},
		{CODE_SIZE - 2, ELF64_R_INFO(SYM_CALLEE, R_X86_64_64), 0},
		{8, ELF64_R_INFO(12345678, R_X86_64_PC32), INT64_MIN},
		{8, ELF64_R_INFO(SYM_VARIABLE, 0xffffff), 0},
		{8, ELF64_R_INFO(SYM_NULL, R_X86_64_32S), 0},
	};
	struct text_comparison result;
	struct fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		set_up(&f);
		f.relas[1] = lies[i];
		assert_ok(compare(&f, &result));
		tear_down();
	}
	set_up(&f);
	f.file.sections[S_RELA].info = 999;
	assert_ok(compare(&f, &result));
	tear_down();
	set_up(&f);
	f.symbols[SYM_VARIABLE].st_shndx = 999;
	f.file.sections[S_RELA].entry = 0;
	assert_ok(compare(&f, &result));
	tear_down();
}
END_TEST

/* Any byte of the file wrong: an error or a comparison, nothing else (sanitizers watch). */
START_TEST(damaged_files)
{
	struct text_comparison result;
	uint8_t bytes[8192];
	struct fixture f;
	unsigned seed = 1;

	set_up(&f);
	int fd = write_file(&f.file);
	ssize_t size = pread(fd, bytes, sizeof(bytes), 0);
	ck_assert_int_gt(size, 1000);
	close(fd);
	for (unsigned i = 0; i < 3000; i++) {
		size_t at = (size_t)rand_r(&seed) % (size_t)size;
		uint8_t good = bytes[at];

		bytes[at] ^= (uint8_t)(1 + rand_r(&seed) % 255);
		fd = memfd_create("damaged", MFD_CLOEXEC);
		ck_assert_int_eq(write(fd, bytes, (size_t)size), size);
		err_free(compare_fd(&f, fd, &result));
		bytes[at] = good;
	}
	tear_down();
}
END_TEST

UNIT_MAIN("module_text", relocations_are_applied, flips_in_code_and_in_fields,
	  symbols_of_the_same_name_elsewhere, files_of_another_build_are_refused,
	  relocations_that_lie, damaged_files)
