/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps in which a dead kernel is opened, each coping with what the ones before it lack. */
#include "kernel/open.h"

#include <stdlib.h>

#include "kernel/dump/dump.h"
#include "kernel/dump/dump_libkdumpfile.h"
#include "kernel/dump/dump_part.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/insn/disasm.h"
#include "kernel/locking/lock_probe.h"
#include "kernel/locking/sleeper.h"
#include "kernel/memory/linux_find.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/memory_find.h"
#include "kernel/mm/slab_caches.h"
#include "kernel/mm/slab_states.h"
#include "kernel/modules/module.h"
#include "kernel/open_profile.h"
#include "kernel/open_types.h"
#include "kernel/printk/dmesg.h"
#include "kernel/printk/printk.h"
#include "kernel/symbols/symbol.h"
#include "kernel/symbols/vmcoreinfo_memory.h"
#include "kernel/symbols/vmlinux.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"
#include "kernel/unwind/cpu_regs.h"
#include "kernel/unwind/stack_frame.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwinder.h"

static void begin(const struct kernel_options *options, enum kernel_step step)
{
	if (options->progress)
		options->progress(options->context, kernel_step_name(step));
}

static struct err *open_vmcoreinfo(struct kernel *kernel)
{
	size_t length;
	const char *text = dump_vmcoreinfo(kernel->dump, &length);

	return text ? vmcoreinfo_parse(text, length, &kernel->vmcoreinfo)
		    : err_new(ERR_NOT_FOUND, "the dump has no VMCOREINFO note");
}

/* Without the note the kernel's own copy serves as well, once symbols tell where that is. */
static void note_vmcoreinfo(struct kernel *kernel, struct err *why)
{
	if (why && kernel->symbols &&
	    err_ok(vmcoreinfo_memory_read(kernel->symbols, kernel->memory, &kernel->vmcoreinfo))) {
		memory_set_vmcoreinfo(kernel->memory, kernel->vmcoreinfo);
		err_free(why);
		why = NULL;
	}
	kernel_note(kernel, STEP_VMCOREINFO, why,
		    "write dumps with makedumpfile; under QEMU give the guest the vmcoreinfo "
		    "device and "
		    "load qemu_fw_cfg in it");
}

/* A dump of the host says nothing of KASLR: the same name in both tells how far the image was moved. */
static void find_kaslr_offset(struct kernel *kernel, int fd)
{
	uint64_t linked, address;

	if (fd < 0 || !kernel->symbols || vmcoreinfo_get(kernel->vmcoreinfo, "KERNELOFFSET") ||
	    !symbols_find(kernel->symbols, "_text", &address) ||
	    !vmlinux_symbol(fd, "_text", &linked))
		return;
	memory_set_kaslr_offset(kernel->memory, address - linked);
}

/* The fd, or -1 when it is of another kernel: wrong symbols are worse than none. */
static int matching_vmlinux(struct kernel *kernel, int fd)
{
	struct err *err = fd < 0 ? NULL : vmlinux_check(fd, kernel->vmcoreinfo, kernel->memory);

	if (!err)
		return fd;
	kernel_degrade(kernel, DEGRADED_VMLINUX, err,
		       "give the vmlinux of the dumped kernel's build");
	return -1;
}

/* Pages that are stored as they were have no checksum of their own: tables that make no sense may be all that shows. */
static const char *symbols_remedy(const struct err *err)
{
	if (err && err->code == ERR_CORRUPT)
		return "the file may be damaged: compare its checksum with that where it was "
		       "written; or give the matching vmlinux with --vmlinux";
	return "give the matching vmlinux with --vmlinux";
}

/* No VMCOREINFO in the dump: why. It tells where a vmlinux belongs, so it is had before one is looked at. */
static void open_symbols(struct kernel *kernel, struct err *no_vmcoreinfo, int vmlinux_fd)
{
	struct err *err = symbols_open(kernel->memory, kernel->vmcoreinfo, &kernel->symbols);

	note_vmcoreinfo(kernel, no_vmcoreinfo);
	find_kaslr_offset(kernel, vmlinux_fd);
	kernel->link_offset = memory_kaslr_offset(kernel->memory);
	kernel->vmlinux_fd = matching_vmlinux(kernel, vmlinux_fd);
	if (err && kernel->vmlinux_fd >= 0) {
		err_free(err);
		err = symbols_open_vmlinux(kernel->vmlinux_fd, kernel->link_offset,
					   &kernel->symbols);
	}
	kernel_note(kernel, STEP_SYMBOLS, err, symbols_remedy(err));
	if (kernel->symbols && (err = symbols_damage(kernel->symbols)))
		kernel_degrade(kernel, kernel_step_name(STEP_SYMBOLS), err, symbols_remedy(err));
}

/* What symbols make better: the bounds of the image and of the randomised regions. */
static void refine_memory(struct kernel *kernel)
{
	static const char *const names[] = {"page_offset_base", "vmalloc_base", "vmemmap_base"};
	uint64_t text, end, region[3] = {0};

	if (symbols_find(kernel->symbols, "_text", &text) &&
	    symbols_find(kernel->symbols, "_end", &end))
		memory_set_image(kernel->memory, text, end);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint64_t address;

		if (symbols_find(kernel->symbols, names[i], &address) &&
		    !err_ok(memory_read_u64(kernel->memory, address, &region[i])))
			region[i] = 0;
	}
	memory_set_regions(kernel->memory, region[0], region[1], region[2]);
}

/* What is missing of a log that is there. */
static void note_cut(struct kernel *kernel)
{
	const struct log *log = kernel->log;

	if (log->err)
		kernel_degrade(kernel, "log", err_new(log->err->code, "%s", log->err->message),
			       NULL);
	if (log->cut)
		kernel_degrade(kernel, "log",
			       err_new(ERR_LIMIT, "%zu lines were too long and are cut", log->cut),
			       NULL);
}

/* The next file of the log: a new fd, or -1 behind the last. */
static int open_next(void *context, unsigned number)
{
	const struct kernel_options *options = context;
	char name[16];

	snprintf(name, sizeof(name), "%u", number);
	return options->open_file ? options->open_file(options->open_file_context, OPEN_LOG, name)
				  : -1;
}

static struct err *read_dmesg(struct kernel *kernel, const struct kernel_options *options)
{
	TRY(dmesg_read(options->dmesg_fd, kernel->dump ? NULL : open_next, (void *)options,
		       &kernel->log));
	note_cut(kernel);
	return NULL;
}

/* A log is all there ever was where there is no dump: then an error is the end. */
static struct err *open_log(struct kernel *kernel, const struct kernel_options *options)
{
	struct err *err = NULL;

	if (!kernel->dump && options->dmesg_fd >= 0) {
		TRY(read_dmesg(kernel, options));
	} else {
		err = kernel->memory
			      ? printk_open(kernel, &kernel->log)
			      : err_new(ERR_NOT_FOUND, "the log cannot be read without memory");
		if (err && options->dmesg_fd >= 0) {
			kernel_degrade(kernel, "log",
				       err_wrap(err, "taken from the file beside the dump"), NULL);
			err = read_dmesg(kernel, options);
		}
	}
	kernel_note(kernel, STEP_LOG, err, "keep the vmcore-dmesg.txt file beside the dump");
	return NULL;
}

static struct err *open_stacks(struct kernel *kernel)
{
	struct err *why;

	if (!kernel->tasks)
		return err_new(ERR_NOT_FOUND, "no stacks are known without tasks");
	TRY(stacks_open(kernel, &kernel->stacks));
	if (kernel->percpu)
		TRY(cpu_regs_find_notes(kernel, &kernel->cpu_notes));
	TRY(unwinder_open(kernel, &kernel->unwinder, &why));
	if (why)
		kernel_degrade(kernel, "stacks",
			       err_wrap(why, "stacks are only searched for return addresses"),
			       NULL);
	return NULL;
}

/* Half a list of modules is worth having, and worth saying that it is half. */
static void open_modules(struct kernel *kernel)
{
	const struct err *cut;

	kernel_note(kernel, STEP_MODULES, modules_open(kernel, &kernel->modules), NULL);
	cut = kernel->modules ? modules_error(kernel->modules) : NULL;
	if (cut)
		kernel_degrade(kernel, kernel_step_name(STEP_MODULES),
			       err_new(cut->code, "after %zu modules: %s",
				       modules_count(kernel->modules), cut->message),
			       NULL);
}

/* The same of the lists of tasks: the walk goes on where it can. */
static void open_tasks(struct kernel *kernel)
{
	const struct err *cut;

	kernel_note(kernel, STEP_TASKS, tasks_open(kernel, &kernel->tasks), NULL);
	cut = kernel->tasks ? tasks_error(kernel->tasks) : NULL;
	if (cut)
		kernel_degrade(kernel, kernel_step_name(STEP_TASKS),
			       err_new(cut->code, "%zu tasks were found, perhaps not all: %s",
				       tasks_count(kernel->tasks), cut->message),
			       NULL);
}

/* The steps that stand on symbols and types, each coping with what the ones before it lack. */
static void open_inside(struct kernel *kernel, const struct kernel_options *options)
{
	begin(options, STEP_MODULES);
	open_modules(kernel);
	begin(options, STEP_TASKS);
	open_tasks(kernel);
	begin(options, STEP_STACKS);
	kernel_note(kernel, STEP_STACKS, open_stacks(kernel), NULL);
	if (kernel->probed && kernel->unwinder)
		err_free(lock_probe_open(kernel)); /* without it locks are missing, as was said */
	if (options->keep_profile)
		open_profile_make(kernel);
}

static void open_memory(struct kernel *kernel, const struct kernel_options *options)
{
	struct err *no_vmcoreinfo = open_vmcoreinfo(kernel), *wrong;

	begin(options, STEP_MEMORY);
	kernel_note(kernel, STEP_MEMORY,
		    memory_find(kernel->dump, &kernel->vmcoreinfo, &kernel->memory, &wrong), NULL);
	if (wrong)
		kernel_degrade(kernel, kernel_step_name(STEP_VMCOREINFO), wrong, NULL);
	if (kernel->vmcoreinfo) {
		err_free(no_vmcoreinfo);
		no_vmcoreinfo = NULL;
	}
	if (!kernel->memory) {
		note_vmcoreinfo(kernel, no_vmcoreinfo);
		return;
	}
	begin(options, STEP_SYMBOLS);
	open_symbols(kernel, no_vmcoreinfo, options->vmlinux_fd);
	if (!kernel->symbols)
		return;
	refine_memory(kernel);
	begin(options, STEP_PERCPU);
	kernel_note(kernel, STEP_PERCPU, percpu_open(kernel, &kernel->percpu), NULL);
	begin(options, STEP_TYPES);
	open_types(kernel, options);
}

/* Nothing was found in memory: perhaps because it is no Linux kernel's. */
static struct err *check_linux(const struct kernel *kernel)
{
	bool found = true, seen = false;

	if (kernel->vmcoreinfo || kernel->symbols)
		return NULL;
	TRY(linux_find(kernel->dump, &found, &seen));
	return found || !seen
		       ? NULL
		       : err_new(ERR_INVALID, "there is no Linux kernel in this dump's memory");
}

/* A dump's files: the one it is named by, then those that belong to it. fds from 1 on are ours. */
static size_t open_parts(const struct kernel_options *options, int fds[DUMP_PARTS_MAX])
{
	size_t count = 0;

	fds[count++] = options->dump_fd;
	while (options->open_file && count < DUMP_PARTS_MAX) {
		char name[16];

		snprintf(name, sizeof(name), "%zu", count);
		fds[count] = options->open_file(options->open_file_context, OPEN_PART, name);
		if (fds[count] < 0)
			break;
		count++;
	}
	return count;
}

static struct err *open_files(struct kernel *kernel, const struct kernel_options *options)
{
	int *fds = kernel->dump_fds;

	if (options->library && libkdumpfile_reads(options->dump_fd))
		options->library(options->context, "libkdumpfile");
	kernel->dump_fd_count = open_parts(options, fds);
	return dump_open_set(fds, kernel->dump_fd_count, &kernel->dump);
}

/* What the file does not tell of where its pages belong. */
static void note_places(struct kernel *kernel)
{
	const struct dump_info *info = dump_info(kernel->dump);

	if (info->presumed)
		kernel_degrade(kernel, DEGRADED_PAGES,
			       err_new(ERR_TRUNCATED,
				       "the list of which page is which is cut off: pages are "
				       "taken in the order in which they are written mostly"),
			       NULL);
	if (info->unplaced)
		kernel_degrade(kernel, DEGRADED_PAGES,
			       err_new(ERR_UNSUPPORTED,
				       "%.0f MB of the image may lie at several addresses, and "
				       "are left out",
				       (double)info->unplaced / 1e6),
			       "a dump in a format that says where its pages lie has all of them");
}

static struct err *open_readable(struct kernel *kernel, const struct kernel_options *options)
{
	TRY(open_files(kernel, options));
	note_places(kernel);
	kernel->steps |= STEP_HEADER;
	if (dump_cpu_count(kernel->dump))
		kernel->steps |= STEP_REGISTERS;
	open_memory(kernel, options);
	return check_linux(kernel);
}

/* Of a dump that cannot be read, the log beside it is what is left: it is the crash's. */
static struct err *open_dump(struct kernel *kernel, const struct kernel_options *options)
{
	struct err *err = open_readable(kernel, options);

	if (!err || err->code == ERR_NOMEM || options->dmesg_fd < 0)
		return err;
	kernel_degrade(kernel, "header", err, "the log beside the dump was read instead");
	memory_close(take_ptr(kernel->memory));
	dump_close(take_ptr(kernel->dump));
	kernel->steps = 0;
	return NULL;
}

static struct err *open_all(struct kernel *kernel, const struct kernel_options *options)
{
	TRY(types_open(&kernel->types));
	TRY(members_open(kernel->types, &kernel->members));
	TRY(disasm_open(&kernel->disasm));
	if (options->dump_fd >= 0) {
		begin(options, STEP_HEADER);
		TRY(open_dump(kernel, options));
	}
	begin(options, STEP_LOG);
	TRY(open_log(kernel, options));
	if (kernel->symbols && kernel->steps & STEP_TYPES)
		open_inside(kernel, options);
	return NULL;
}

struct err *kernel_open(const struct kernel_options *options, struct kernel **ret)
{
	_cleanup_(cleanup_kernel_close) struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return &err_nomem;
	kernel->vmlinux_fd = -1;
	kernel->open_file = options->open_file;
	kernel->open_file_context = options->open_file_context;
	TRY(open_all(kernel, options));
	*ret = take_ptr(kernel);
	return NULL;
}

void kernel_note_losses(struct kernel *kernel)
{
	const struct dump_losses *losses = kernel->dump ? dump_losses(kernel->dump) : NULL;

	if (!losses || !losses->count)
		return;
	const char *where = losses->truncated == losses->count ? "are beyond the end of the file"
			    : losses->truncated ? "are damaged or beyond the file's end"
						: "are damaged in the file";
	kernel_degrade(
		kernel, DEGRADED_PAGES,
		err_new(losses->truncated ? ERR_TRUNCATED : ERR_DAMAGED,
			"pages that were asked for %s (%u%s): what was not found may be in them",
			where, losses->count, losses->count == LOSSES_MAX ? " or more" : ""),
		NULL);
}

void kernel_close(struct kernel *kernel)
{
	if (!kernel)
		return;
	stack_frames_close(kernel->stack_frames);
	slab_states_close(kernel->slab_states);
	slab_caches_close(kernel->slab_caches);
	free(kernel->page_flags);
	sleepers_close(kernel->sleepers);
	unwinder_close(kernel->unwinder);
	stacks_close(kernel->stacks);
	free(kernel->cpu_notes);
	tasks_close(kernel->tasks);
	modules_close(kernel->modules);
	percpu_close(kernel->percpu);
	log_close(kernel->log);
	members_close(kernel->members);
	types_close(kernel->types);
	symbols_close(kernel->symbols);
	memory_close(kernel->memory);
	vmcoreinfo_free(kernel->vmcoreinfo);
	dump_close(kernel->dump);
	for (size_t i = 1; i < kernel->dump_fd_count; i++)
		close(kernel->dump_fds[i]);
	disasm_close(kernel->disasm);
	for (size_t i = 0; i < kernel->degraded_count; i++) {
		free(kernel->degraded[i].why);
		free(kernel->degraded[i].remedy);
	}
	free(kernel->degraded);
	free(kernel->new_profile);
	free(kernel);
}
