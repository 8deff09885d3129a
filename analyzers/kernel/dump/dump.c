/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump of any format: its notes, and its pages through a cache. */
#include "kernel/dump/dump.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/dump/dump_container.h"
#include "kernel/dump/dump_elf.h"
#include "kernel/dump/dump_foreign.h"
#include "kernel/dump/dump_kdump.h"
#include "kernel/dump/dump_libkdumpfile.h"
#include "kernel/dump/dump_lime.h"
#include "kernel/dump/dump_notes.h"
#include "kernel/dump/dump_raw.h"
#include "kernel/dump/dump_sadump.h"
#include "kernel/dump/dump_vmware.h"
#include "kernel/dump/dump_xen_cut.h"

/*
 * The page cache: 8 MiB, of which only what is used becomes resident. Set-associative, so that a
 * look-up is one cache line of tags and eviction needs no list.
 */
#define CACHE_SETS 256
#define CACHE_WAYS 8

struct cache_set {
	uint64_t tags[CACHE_WAYS]; /* pfn + 1, 0 = empty */
	uint8_t used[CACHE_WAYS];  /* touched since the clock hand passed */
	uint8_t hand;
};

struct dump {
	struct dump_files files;
	struct container *container;
	struct dump_info info;
	struct notes notes;
	struct cache_set sets[CACHE_SETS];
	uint8_t (*pages)[PAGE_SIZE]; /* CACHE_WAYS for each set */
	uint64_t last_tag;	     /* the page of the last look-up, and where it is */
	const uint8_t *last_page;
	uint8_t (*streamed)[PAGE_SIZE]; /* one page, for pieces of pages read past the cache */
	uint64_t streamed_tag;
	uint64_t pages_read;
	struct dump_losses losses;
};

static container_open_fn *const formats[] = {
	kdump_dump_open,  elf_dump_open,     lime_dump_open,	    vmware_dump_open,
	sadump_dump_open, xen_cut_dump_open, libkdumpfile_dump_open};

static struct err *open_container(struct dump *dump)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct err *err = formats[i](&dump->files, &dump->info, &dump->container);

		if (!err || err->code != ERR_NOT_FOUND)
			return err;
		err_free(err);
	}
	/* A memory image has no signature: a kernel is looked for in what nobody knows. */
	TRY(foreign_explain(dump->files.at[0]));
	return raw_dump_open(&dump->files, &dump->info, &dump->container);
}

static struct err *read_notes(struct dump *dump)
{
	const struct container *container = dump->container;
	struct dump_file *file = dump->files.at[0];

	for (unsigned i = 0; i < container->note_count; i++)
		TRY(notes_read(&dump->notes, file, container->notes[i]));
	if (container->vmcoreinfo.size)
		TRY(notes_read_vmcoreinfo(&dump->notes, file, container->vmcoreinfo));
	return NULL;
}

/* Whether the kernel's own note has an address of the image of a 64-bit kernel, of 16 digits. */
static bool is_x86_64(const struct notes *notes)
{
	static const char words[] = ")=ffffffff";
	const char *text = notes->vmcoreinfo, *at = NULL;
	size_t left = notes->vmcoreinfo_size, length = sizeof(words) - 1;

	if (text)
		at = memmem(text, left, words, length);
	return at && left - (size_t)(at - text) > length && memchr("89ab", at[length], 4);
}

/* What the notes tell of whose dump this is, above what the header says. */
static struct err *check_owner(const struct dump *dump)
{
	const struct notes *notes = &dump->notes;
	const char *machine = dump->container->machine;

	if (machine && !notes->of_qemu_x86 && !is_x86_64(notes))
		return err_new(ERR_UNSUPPORTED, "a dump of %s: only x86-64 dumps can be read",
			       machine);
	if (!notes->of_process || notes->vmcoreinfo)
		return NULL;
	bool emulator = !strncmp(notes->program, "qemu", 4) || !strncmp(notes->program, "kvm", 3);
	return err_new(ERR_UNSUPPORTED, "the core file of a process (%s), not of a kernel%s",
		       notes->program[0] ? notes->program : "unknown",
		       emulator ? ": take the guest's memory out of it with gdb and QEMU's "
				  "dump-guest-memory.py"
				: "");
}

static struct err *open_files(struct dump *dump, const int *fds, size_t count)
{
	dump->files.at = calloc(count, sizeof(*dump->files.at));
	if (!dump->files.at)
		return &err_nomem;
	for (; dump->files.count < count; dump->files.count++) {
		struct dump_file **file = &dump->files.at[dump->files.count];

		TRY(dump_file_open(fds[dump->files.count], file));
		dump->info.size += dump_file_size_on_disk(*file);
	}
	dump->info.flattened = dump_file_flattened(dump->files.at[0]);
	return NULL;
}

struct err *dump_open_set(const int *fds, size_t count, struct dump **ret)
{
	_cleanup_(cleanup_dump_close) struct dump *dump = calloc(1, sizeof(*dump));

	if (!dump)
		return &err_nomem;
	dump->info.dump_level = -1;
	TRY(open_files(dump, fds, count));
	TRY(open_container(dump));
	TRY_OK(read_notes(dump)); /* a dump whose notes cannot be read is still a dump */
	TRY(check_owner(dump));
	dump->pages = malloc((size_t)CACHE_SETS * CACHE_WAYS * PAGE_SIZE);
	dump->streamed = malloc(PAGE_SIZE);
	if (!dump->pages || !dump->streamed)
		return &err_nomem;
	*ret = take_ptr(dump);
	return NULL;
}

struct err *dump_open(int fd, struct dump **ret)
{
	return dump_open_set(&fd, 1, ret);
}

void dump_close(struct dump *dump)
{
	if (!dump)
		return;
	if (dump->container)
		dump->container->ops->close(dump->container);
	for (size_t i = 0; i < dump->files.count; i++)
		dump_file_close(dump->files.at[i]);
	free(dump->files.at);
	notes_deinit(&dump->notes);
	free(dump->pages);
	free(dump->streamed);
	free(dump);
}

const struct container *dump_container(const struct dump *dump)
{
	return dump->container;
}

const struct dump_info *dump_info(const struct dump *dump)
{
	return &dump->info;
}

const char *dump_vmcoreinfo(const struct dump *dump, size_t *length)
{
	const char *text = dump->notes.vmcoreinfo;

	*length = text ? dump->notes.vmcoreinfo_size : 0;
	return text;
}

bool dump_phys_base(const struct dump *dump, uint64_t *ret)
{
	*ret = dump->container->phys_base;
	return dump->container->has_phys_base;
}

size_t dump_cpu_count(const struct dump *dump)
{
	return MAX(dump->notes.cpu_count, dump->container->cpu_count);
}

struct err *dump_cpu_regs(const struct dump *dump, size_t note, struct regs *ret)
{
	if (note < dump->notes.cpu_count)
		*ret = dump->notes.cpus[note];
	else if (note < dump->container->cpu_count)
		*ret = dump->container->cpus[note];
	else
		return err_new(ERR_NOT_FOUND, "the dump has no register note %zu", note);
	return NULL;
}

enum page_state dump_page_state(const struct dump *dump, uint64_t pfn)
{
	return dump->container->ops->state(dump->container, pfn);
}

static struct err *no_page(enum page_state state, uint64_t phys)
{
	switch (state) {
	case PAGE_EXCLUDED:
		return err_at(ERR_EXCLUDED, phys, "page excluded from the dump");
	case PAGE_TRUNCATED:
		return err_at(ERR_TRUNCATED, phys, "page beyond the end of the truncated file");
	default:
		return err_at(ERR_ABSENT, phys, "no such physical memory");
	}
}

static void note_loss(struct dump_losses *losses, uint64_t pfn, bool truncated)
{
	for (unsigned i = 0; i < losses->count; i++)
		if (losses->pfns[i] == pfn)
			return;
	if (losses->count == LOSSES_MAX)
		return;
	losses->pfns[losses->count++] = pfn;
	losses->truncated += truncated;
}

static struct err *decode(struct dump *dump, uint64_t pfn, void *page)
{
	enum page_state state = dump_page_state(dump, pfn);
	struct err *err = NULL;

	if (state == PAGE_PRESENT) {
		dump->pages_read++;
		err = dump->container->ops->read(dump->container, pfn, page);
	} else {
		err = no_page(state, pfn << PAGE_SHIFT);
	}
	if (err && (err->code == ERR_TRUNCATED || err->code == ERR_DAMAGED || err->code == ERR_IO))
		note_loss(&dump->losses, pfn, err->code == ERR_TRUNCATED);
	return err;
}

const struct dump_losses *dump_losses(const struct dump *dump)
{
	return &dump->losses;
}

/* Neighbouring pages and pages 2 MiB apart must not fall into one set. */
static size_t set_of(uint64_t pfn)
{
	return (pfn * 0x9e3779b97f4a7c15ull) >> 56;
}

static const uint8_t *cached(struct dump *dump, uint64_t pfn)
{
	size_t index = set_of(pfn);
	struct cache_set *set = &dump->sets[index];

	for (size_t way = 0; way < CACHE_WAYS; way++)
		if (set->tags[way] == pfn + 1) {
			set->used[way] = 1;
			return dump->pages[index * CACHE_WAYS + way];
		}
	return NULL;
}

/* Second chance: the first way that was not touched since the hand last passed it. */
static size_t evict(struct cache_set *set)
{
	while (set->tags[set->hand] && set->used[set->hand]) {
		set->used[set->hand] = 0;
		set->hand = (set->hand + 1) % CACHE_WAYS;
	}
	size_t way = set->hand;
	set->hand = (set->hand + 1) % CACHE_WAYS;
	set->tags[way] = 0;
	return way;
}

static struct err *fill(struct dump *dump, uint64_t pfn, const uint8_t **ret)
{
	size_t index = set_of(pfn);
	struct cache_set *set = &dump->sets[index];
	size_t way = evict(set);
	uint8_t *page = dump->pages[index * CACHE_WAYS + way];

	dump->last_tag = 0;
	TRY(decode(dump, pfn, page));
	set->tags[way] = pfn + 1;
	set->used[way] = 1;
	*ret = page;
	return NULL;
}

struct err *dump_page(struct dump *dump, uint64_t pfn, const void **ret)
{
	if (dump->last_tag != pfn + 1 || !dump->last_tag) {
		const uint8_t *page = cached(dump, pfn);

		if (!page)
			TRY(fill(dump, pfn, &page));
		dump->last_tag = pfn + 1;
		dump->last_page = page;
	}
	*ret = dump->last_page;
	return NULL;
}

/* Where the pieces of a read come from: a page and how much of it. */
typedef struct err *piece_fn(struct dump *dump, uint64_t phys, void *buf, size_t length);

static struct err *in_pieces(struct dump *dump, uint64_t phys, void *buf, size_t length,
			     piece_fn *piece)
{
	while (length) {
		size_t size = MIN(length, PAGE_SIZE - (phys & (PAGE_SIZE - 1)));

		TRY(piece(dump, phys, buf, size));
		phys += size;
		buf = (char *)buf + size;
		length -= size;
	}
	return NULL;
}

static struct err *read_piece(struct dump *dump, uint64_t phys, void *buf, size_t length)
{
	const void *page;

	TRY(dump_page(dump, phys >> PAGE_SHIFT, &page));
	memcpy(buf, (const char *)page + (phys & (PAGE_SIZE - 1)), length);
	return NULL;
}

struct err *dump_read(struct dump *dump, uint64_t phys, void *buf, size_t length)
{
	return in_pieces(dump, phys, buf, length, read_piece);
}

static struct err *stream_piece(struct dump *dump, uint64_t phys, void *buf, size_t length)
{
	uint64_t pfn = phys >> PAGE_SHIFT;
	const uint8_t *page = cached(dump, pfn);

	if (!page && length == PAGE_SIZE)
		return decode(dump, pfn, buf);
	if (!page && dump->streamed_tag != pfn + 1) {
		dump->streamed_tag = 0;
		TRY(decode(dump, pfn, dump->streamed[0]));
		dump->streamed_tag = pfn + 1;
	}
	memcpy(buf, (page ? page : dump->streamed[0]) + (phys & (PAGE_SIZE - 1)), length);
	return NULL;
}

struct err *dump_stream(struct dump *dump, uint64_t phys, void *buf, size_t length)
{
	return in_pieces(dump, phys, buf, length, stream_piece);
}

uint64_t dump_pages_read(const struct dump *dump)
{
	return dump->pages_read;
}
