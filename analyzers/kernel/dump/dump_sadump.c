/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SADUMP, what Fujitsu's machines write by themselves: on one partition, over the disks of a set, or copied to
 * other media. Two bitmaps tell which pages the machine has and which of them follow, uncompressed, and system
 * management mode kept the registers. Read here, as libkdumpfile (0.5.1) gives for all pages of a run the
 * first one, and knows no registers.
 */
#include "kernel/dump/dump_sadump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "kernel/dump/dump_part.h"
#include "kernel/dump/dump_sadump_format.h"
#include "kernel/dump/dump_segments.h"

#define BLOCK_MAX 65536
#define RUNS_MAX (1u << 20)
#define CPUS_MAX 8192
#define LOOK 4096 /* bytes of a bitmap at a time */

struct run {
	uint64_t first, count; /* pages */
};

struct runs {
	struct run *at;
	size_t count;
};

/* A file of the dump, and where its share of the pages lies in it. */
struct disk {
	struct dump_file *file;
	uint64_t at, length;
};

struct sadump {
	struct disk disks[DUMP_PARTS_MAX]; /* by their numbers */
	size_t count;
	uint64_t block, header_at;
	struct sadump_header header;
	struct runs ram, dumped;
};

static void release(struct sadump *sadump)
{
	free(sadump->ram.at);
	free(sadump->dumped.at);
}

/* --- headers ------------------------------------------------------------------------------------ */

/* Where the header of a partition is, which on other media is not at the beginning. */
static bool find_part(struct dump_file *file, uint64_t *at, struct sadump_part_header *ret)
{
	for (*at = 0; *at <= SADUMP_MEDIA_BLOCK; *at += SADUMP_MEDIA_BLOCK)
		if (err_ok(dump_file_read(file, *at, ret, sizeof(*ret))) && sadump_is_part(ret))
			return true;
	return false;
}

/* A block ends where the words do that are made of each other. */
static struct err *read_block_size(struct dump_file *file, uint64_t at, uint64_t *ret)
{
	uint64_t size = sizeof(struct sadump_part_header);
	uint32_t word, next;

	TRY(dump_file_read(file, at + size, &word, sizeof(word)));
	for (size += sizeof(word); size < BLOCK_MAX; size += sizeof(word)) {
		TRY(dump_file_read(file, at + size, &next, sizeof(next)));
		if (next != sadump_next_word(word))
			break;
		word = next;
	}
	*ret = size;
	return size == PAGE_SIZE ? NULL
				 : err_new(ERR_CORRUPT,
					   "a SADUMP whose first block has %" PRIu64
					   " bytes, where only %u are known",
					   size, PAGE_SIZE);
}

/* Whose pages are whose cannot be said when one is missing, and on the first is what tells of all. */
static struct err *check_disks(const struct dump_files *files)
{
	int fds[DUMP_PARTS_MAX];
	size_t count = MIN(files->count, DUMP_PARTS_MAX);

	for (size_t i = 0; i < count; i++)
		fds[i] = dump_file_fd(files->at[i]);
	return dump_part_check(fds, count);
}

/* Of a partition alone nothing is behind its own block; the first of a set has a header of the set there. */
static struct err *find_header(struct sadump *sadump, uint64_t part_at, bool is_set)
{
	struct dump_file *file = sadump->disks[0].file;
	struct sadump_set_header set = {0};

	TRY(read_block_size(file, part_at, &sadump->block));
	sadump->header_at = part_at + sadump->block;
	if (is_set) {
		TRY(dump_file_read(file, sadump->header_at, &set, sizeof(set)));
		sadump->header_at += set.blocks * sadump->block;
	}
	TRY(dump_file_read(file, sadump->header_at, &sadump->header, sizeof(sadump->header)));
	if (memcmp(sadump->header.signature, SADUMP_SIGNATURE, 8) ||
	    sadump->header.block_size != sadump->block)
		return err_new(ERR_CORRUPT, "a SADUMP without its header");
	return NULL;
}

/* One file of the dump, put where its number says. */
static struct err *add_file(struct sadump *sadump, struct dump_file *file, uint64_t *part_at,
			    struct sadump_part_header *part)
{
	uint64_t at;

	if (!find_part(file, &at, part))
		return err_new(ERR_CORRUPT, "a file among those of a SADUMP that is none of them");
	size_t number = part->number && !at ? part->number : 1;

	if (number > DUMP_PARTS_MAX || sadump->disks[number - 1].file)
		return err_new(ERR_CORRUPT, "a SADUMP with two files for disk %zu, or with no end",
			       number);
	sadump->disks[number - 1] = (struct disk){file, at + PAGE_SIZE, part->used};
	sadump->count++;
	if (number == 1)
		*part_at = at;
	return NULL;
}

/* How many bytes of pages are in each file: what the header says, or else all there is. */
static void measure_disks(struct sadump *sadump)
{
	const struct sadump_header *header = &sadump->header;
	uint64_t blocks =
		1ull + header->sub_blocks + header->bitmap_blocks + header->dumpable_blocks;

	sadump->disks[0].at = sadump->header_at + blocks * sadump->block;
	for (size_t i = 0; i < sadump->count; i++) {
		struct disk *disk = &sadump->disks[i];
		uint64_t end = disk->length ? disk->length : dump_file_size(disk->file);

		disk->length = end > disk->at ? (end - disk->at) & ~(uint64_t)(PAGE_SIZE - 1) : 0;
	}
}

static struct err *read_headers(const struct dump_files *files, struct sadump *sadump)
{
	struct sadump_part_header part;
	uint64_t part_at = 0;

	for (size_t i = 0; i < files->count; i++)
		TRY(add_file(sadump, files->at[i], &part_at, &part));
	TRY(check_disks(files));
	if (!sadump->disks[0].file || !sadump->disks[sadump->count - 1].file)
		return err_new(ERR_CORRUPT,
			       "a SADUMP whose disks are more than its first one says");
	TRY(find_header(sadump, part_at, part.number && !part_at));
	measure_disks(sadump);
	return NULL;
}

/* --- bitmaps ------------------------------------------------------------------------------------- */

/* A page behind those of the last run lengthens it. */
static struct err *add_page(struct runs *runs, uint64_t pfn)
{
	struct run *last = runs->count ? &runs->at[runs->count - 1] : NULL;

	if (last && last->first + last->count == pfn) {
		last->count++;
		return NULL;
	}
	if (runs->count == RUNS_MAX)
		return err_new(ERR_LIMIT, "a SADUMP of more than %u runs of pages", RUNS_MAX);
	if (!array_grow(runs->at, runs->count))
		return &err_nomem;
	runs->at[runs->count++] = (struct run){pfn, 1};
	return NULL;
}

/* The first page's bit is the highest of its byte. */
static struct err *add_byte(struct runs *runs, uint8_t byte, uint64_t pfn, uint64_t end)
{
	for (unsigned bit = 0; byte && bit < 8 && pfn + bit < end; bit++)
		if (byte & 0x80 >> bit)
			TRY(add_page(runs, pfn + bit));
	return NULL;
}

static struct err *read_bitmap(struct dump_file *file, uint64_t at, uint64_t size, uint64_t max_pfn,
			       struct runs *runs)
{
	uint8_t bytes[LOOK];

	for (uint64_t done = 0; done < size && done * 8 < max_pfn; done += LOOK) {
		size_t length = (size_t)MIN(size - done, (uint64_t)LOOK);

		if (dump_file_next_data(file, at + done) >= at + done + length &&
		    dump_file_holds(file, at + done, length))
			continue; /* a hole: no page */
		TRY(dump_file_read(file, at + done, bytes, length));
		for (size_t i = 0; i < length; i++)
			TRY(add_byte(runs, bytes[i], (done + i) * 8, max_pfn));
	}
	return NULL;
}

static struct err *read_bitmaps(struct sadump *sadump)
{
	const struct sadump_header *header = &sadump->header;
	struct dump_file *file = sadump->disks[0].file;
	uint64_t max_pfn = header->version ? header->max_mapnr_64 : header->max_mapnr;
	uint64_t at = sadump->header_at + (1ull + header->sub_blocks) * sadump->block;
	uint64_t size = header->bitmap_blocks * sadump->block;

	TRY(read_bitmap(file, at, size, max_pfn, &sadump->ram));
	return read_bitmap(file, at + size, header->dumpable_blocks * sadump->block, max_pfn,
			   &sadump->dumped);
}

/* --- pages and registers --------------------------------------------------------------------------- */

/* The pages follow each other through all disks: a run may begin on one and end on another. */
static void add_run(const struct sadump *sadump, struct segment_dump *dump, const struct run *run,
		    uint64_t offset)
{
	uint64_t start = run->first << PAGE_SHIFT, left = run->count << PAGE_SHIFT;

	for (size_t i = 0; i < sadump->count && left; i++) {
		const struct disk *disk = &sadump->disks[i];
		uint64_t room = disk->length > offset ? disk->length - offset : 0;
		uint64_t part = i + 1 == sadump->count ? left : MIN(left, room);

		if (part)
			segment_dump_add_of(dump, disk->file, start, part, disk->at + offset, part);
		start += part;
		left -= part;
		offset = room ? 0 : offset - disk->length;
	}
}

static struct err *add_runs(const struct sadump *sadump, struct segment_dump **ret)
{
	const struct runs *ram = &sadump->ram, *dumped = &sadump->dumped;
	uint64_t offset = 0;

	TRY(segment_dump_new(sadump->disks[0].file, ram->count + dumped->count + sadump->count,
			     ret));
	for (size_t i = 0; i < ram->count; i++)
		segment_dump_add(*ret, ram->at[i].first << PAGE_SHIFT,
				 ram->at[i].count << PAGE_SHIFT, 0, 0);
	for (size_t i = 0; i < dumped->count; i++) {
		add_run(sadump, *ret, &dumped->at[i], offset);
		offset += dumped->at[i].count << PAGE_SHIFT;
	}
	return NULL;
}

static void take_registers(const struct sadump_smram *saved, struct regs *ret)
{
	const uint64_t values[][2] = {
		{REG_R15, saved->r15}, {REG_R14, saved->r14},	    {REG_R13, saved->r13},
		{REG_R12, saved->r12}, {REG_R11, saved->r11},	    {REG_R10, saved->r10},
		{REG_R9, saved->r9},   {REG_R8, saved->r8},	    {REG_RAX, saved->rax},
		{REG_RCX, saved->rcx}, {REG_RDX, saved->rdx},	    {REG_RBX, saved->rbx},
		{REG_RSP, saved->rsp}, {REG_RBP, saved->rbp},	    {REG_RSI, saved->rsi},
		{REG_RDI, saved->rdi}, {REG_CS, saved->cs},	    {REG_SS, saved->ss},
		{REG_RIP, saved->rip}, {REG_RFLAGS, saved->rflags}, {REG_CR3, saved->cr3},
	};

	for (size_t i = 0; saved->rip && i < ARRAY_SIZE(values); i++)
		regs_set(ret, (enum reg)values[i][0], values[i][1]);
}

/* How large the rest is, each CPU's APIC, and what each saved. */
static struct err *read_cpus(const struct sadump *sadump, struct container *container)
{
	size_t count = MIN(sadump->header.cpus, CPUS_MAX);
	uint64_t at = sadump->header_at + sadump->block + sizeof(uint32_t) +
		      (uint64_t)sadump->header.cpus * sizeof(struct sadump_apic);
	struct sadump_smram saved;

	container->cpus = calloc(count + 1, sizeof(struct regs));
	if (!container->cpus)
		return &err_nomem;
	for (size_t cpu = 0; cpu < count; cpu++)
		if (TRY_OK(dump_file_read(sadump->disks[0].file, at + cpu * sizeof(saved), &saved,
					  sizeof(saved))))
			take_registers(&saved, &container->cpus[cpu]);
	container->cpu_count = count;
	return NULL;
}

/* As it was in local time, and how far that was behind; 0 where it makes no sense. */
static int64_t crash_time(const struct sadump_time *from)
{
	struct tm tm = {.tm_year = from->year - 1900,
			.tm_mon = from->month - 1,
			.tm_mday = from->day,
			.tm_hour = from->hour,
			.tm_min = from->minute,
			.tm_sec = from->second};
	int64_t behind = from->timezone >= -1440 && from->timezone <= 1440 ? from->timezone : 0;

	if (from->year < 1970 || from->year > 2200)
		return 0;
	return timegm(&tm) + behind * 60;
}

static struct err *build(const struct dump_files *files, struct sadump *sadump,
			 struct dump_info *info, struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;

	TRY(read_headers(files, sadump));
	TRY(read_bitmaps(sadump));
	TRY(add_runs(sadump, &dump));
	TRY(segment_dump_finish(dump, "sadump", info));
	TRY(read_cpus(sadump, &dump->container));
	info->whole_size = 0;
	for (size_t i = 0; i < sadump->count; i++)
		info->whole_size += sadump->disks[i].at + sadump->disks[i].length;
	info->crash_time = crash_time(&sadump->header.time);
	*ret = &take_ptr(dump)->container;
	return NULL;
}

struct err *sadump_dump_open(const struct dump_files *files, struct dump_info *info,
			     struct container **ret)
{
	struct sadump sadump = {0};
	struct sadump_part_header part;
	uint64_t at;

	if (!find_part(files->at[0], &at, &part))
		return err_new(ERR_NOT_FOUND, "no SADUMP");
	struct err *err = build(files, &sadump, info, ret);

	release(&sadump);
	return err;
}
