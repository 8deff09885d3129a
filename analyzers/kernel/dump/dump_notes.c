/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF notes: the registers of the CPUs (PRSTATUS, QEMU's own) and VMCOREINFO. */
#include "kernel/dump/dump_notes.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* More CPUs than any x86-64 kernel can be built for (NR_CPUS_RANGE_END). */
#define CPUS_MAX 8192
#define VMCOREINFO_MAX (64u << 10)

/* struct elf_prstatus of x86-64 as /proc/vmcore has it (include/linux/elfcore.h). */
struct prstatus {
	uint8_t before[112]; /* signals, pids, times: the kernel leaves all but the pid zero */
	uint64_t regs[27];   /* struct user_regs_struct (arch/x86/include/asm/user_64.h) */
};

static const enum reg prstatus_order[27] = {
	REG_R15,     REG_R14,	   REG_R13,  REG_R12,  REG_RBP,	   REG_RBX,  REG_R11,
	REG_R10,     REG_R9,	   REG_R8,   REG_RAX,  REG_RCX,	   REG_RDX,  REG_RSI,
	REG_RDI,     REG_ORIG_RAX, REG_RIP,  REG_CS,   REG_RFLAGS, REG_RSP,  REG_SS,
	REG_FS_BASE, REG_GS_BASE,  REG_NONE, REG_NONE, REG_NONE,   REG_NONE,
};

/* QEMUCPUState (QEMU target/i386/arch_dump.c). */
struct qemu_segment {
	uint32_t selector, limit, flags, pad;
	uint64_t base;
};

struct qemu_cpu {
	uint32_t version, size;
	uint64_t regs[18];
	struct qemu_segment cs, ds, es, fs, gs, ss, ldt, tr, gdt, idt;
	uint64_t cr[5];
};

struct note {
	uint32_t type;
	const char *name;
	size_t name_size;
	const uint8_t *desc;
	size_t desc_size;
};

static bool is_named(const struct note *note, const char *name)
{
	size_t length = strlen(name);

	return note->name_size >= length && !memcmp(note->name, name, length) &&
	       (note->name_size == length || !note->name[length]);
}

bool notes_prstatus(const void *desc, size_t size, struct regs *ret)
{
	struct prstatus status;

	*ret = (struct regs){0};
	if (size < sizeof(status))
		return false;
	memcpy(&status, desc, sizeof(status));
	for (size_t i = 0; i < ARRAY_SIZE(prstatus_order); i++)
		if (prstatus_order[i] != REG_NONE)
			regs_set(ret, prstatus_order[i], status.regs[i]);
	/* The kernel itself does not save the bases: 0 then means "not recorded". */
	if (!ret->value[REG_GS_BASE])
		regs_forget(ret, REG_GS_BASE);
	if (!ret->value[REG_FS_BASE])
		regs_forget(ret, REG_FS_BASE);
	return true;
}

static struct err *add_cpu(struct notes *notes, const struct note *note)
{
	struct regs regs;

	if (notes->cpu_count == CPUS_MAX || !notes_prstatus(note->desc, note->desc_size, &regs))
		return NULL;
	if (!array_grow(notes->cpus, notes->cpu_count))
		return &err_nomem;
	notes->cpus[notes->cpu_count++] = regs;
	return NULL;
}

/* QEMU writes one of its own notes a CPU, after all PRSTATUS notes and in the same order. */
static void add_qemu(struct notes *notes, const struct note *note, size_t index)
{
	struct qemu_cpu cpu;
	struct regs *regs;

	if (note->desc_size < sizeof(cpu) || index >= notes->cpu_count)
		return;
	notes->of_qemu_x86 = true;
	memcpy(&cpu, note->desc, sizeof(cpu));
	regs = &notes->cpus[index];
	regs_set(regs, REG_CR2, cpu.cr[2]);
	regs_set(regs, REG_CR3, cpu.cr[3]);
	regs_set(regs, REG_FS_BASE, cpu.fs.base);
	regs_set(regs, REG_GS_BASE, cpu.gs.base);
}

/* struct elf_prpsinfo (include/linux/elfcore.h); /proc/kcore has one too, and calls it "vmlinux". */
#define PRPSINFO_FNAME 40

static void take_program(struct notes *notes, const struct note *note)
{
	size_t size = sizeof(notes->program) - 1;

	if (note->desc_size >= PRPSINFO_FNAME + size)
		memcpy(notes->program, note->desc + PRPSINFO_FNAME, size);
}

static struct err *keep_vmcoreinfo(struct notes *notes, const void *text, size_t size)
{
	if (notes->vmcoreinfo || !size)
		return NULL;
	size = MIN(size, VMCOREINFO_MAX);
	notes->vmcoreinfo = malloc(size);
	if (!notes->vmcoreinfo)
		return &err_nomem;
	memcpy(notes->vmcoreinfo, text, size);
	notes->vmcoreinfo_size = size;
	return NULL;
}

/* The note at *offset, which is moved behind it; false when no whole note is left. */
static bool next_note(const uint8_t *data, size_t size, size_t *offset, struct note *ret)
{
	Elf64_Nhdr header;
	size_t name, desc;

	if (size - *offset < sizeof(header))
		return false;
	memcpy(&header, data + *offset, sizeof(header));
	name = *offset + sizeof(header);
	if (header.n_namesz > size - name)
		return false;
	desc = MIN(size, name + ((header.n_namesz + 3ull) & ~3ull));
	if (header.n_descsz > size - desc)
		return false;
	*ret = (struct note){header.n_type, (const char *)data + name, header.n_namesz, data + desc,
			     header.n_descsz};
	*offset = MIN(size, desc + ((header.n_descsz + 3ull) & ~3ull));
	return true;
}

static struct err *take_core(struct notes *notes, const struct note *note)
{
	if (note->type == NT_PRSTATUS)
		return add_cpu(notes, note);
	if (note->type == NT_PRPSINFO)
		take_program(notes, note);
	notes->of_process |= note->type == NT_AUXV;
	return NULL;
}

static struct err *parse_notes(struct notes *notes, const uint8_t *data, size_t size)
{
	size_t offset = 0, qemu_index = 0;
	struct note note;

	while (next_note(data, size, &offset, &note)) {
		if (is_named(&note, "CORE"))
			TRY(take_core(notes, &note));
		else if (is_named(&note, "QEMU"))
			add_qemu(notes, &note, qemu_index++);
		else if (is_named(&note, "VMCOREINFO"))
			TRY(keep_vmcoreinfo(notes, note.desc, note.desc_size));
	}
	return NULL;
}

static struct err *read_range(struct dump_file *file, struct file_range range, size_t max,
			      uint8_t **data, size_t *size)
{
	*size = (size_t)MIN(range.size, max);
	*data = malloc(*size + 1);
	if (!*data)
		return &err_nomem;
	return dump_file_read_some(file, range.offset, *data, *size, size);
}

struct err *notes_read(struct notes *notes, struct dump_file *file, struct file_range range)
{
	_free_ uint8_t *data = NULL;
	size_t size;

	TRY(read_range(file, range, NOTES_SIZE_MAX, &data, &size));
	return parse_notes(notes, data, size);
}

struct err *notes_read_vmcoreinfo(struct notes *notes, struct dump_file *file,
				  struct file_range range)
{
	_free_ uint8_t *data = NULL;
	size_t size;

	TRY(read_range(file, range, VMCOREINFO_MAX, &data, &size));
	return keep_vmcoreinfo(notes, data, size);
}

void notes_deinit(struct notes *notes)
{
	free(notes->cpus);
	free(notes->vmcoreinfo);
}
