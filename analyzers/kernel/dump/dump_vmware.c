/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMware's suspend and snapshot files, .vmss and .vmsn (described in crash's vmware_vmss.c): groups of named
 * items, of which "memory" tells where pages lie and may hold them, and "cpu" has the registers. Where it
 * does not hold them they are the .vmem beside it, byte for byte.
 */
#include "kernel/dump/dump_vmware.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump_segments.h"

#define GROUPS_MAX 256
#define ITEMS_MAX 100000 /* of a group */
#define MEMORY_ITEMS_MAX 1000
#define REGIONS_MAX 8
#define CPUS_MAX 1024
#define MAGIC_OLD 0xbed0bed0u /* of 32 bits: other fields */

struct vmware_header {
	uint32_t magic, version, groups;
};

struct vmware_group {
	char name[64];
	uint64_t position, size;
};

struct item {
	char name[256];
	uint32_t index[3];
	bool block, packed;
	uint64_t at, size; /* of the value, in the file */
	uint64_t value;	   /* what fits of it */
};

struct region {
	uint32_t page, ppn, count; /* in the file's memory, in the machine's, pages */
};

struct state {
	struct dump_file *file;
	struct region regions[REGIONS_MAX];
	uint32_t region_count;
	uint64_t memory_at, memory_size;
	bool packed;
	struct regs *cpus;
	uint32_t cpu_count;
};

/* --- items -------------------------------------------------------------------------------------- */

#define TAG_BLOCK 0x3f
#define TAG_PACKED 0x3e

/* A block: its size in the file, its size unpacked, then a padding to skip. */
static bool read_block(struct dump_file *file, uint64_t *at, struct item *ret)
{
	struct __attribute__((packed)) {
		uint64_t size, unpacked;
		uint16_t padding;
	} block;

	if (!err_ok(dump_file_read(file, *at, &block, sizeof(block))))
		return false;
	ret->at = *at + sizeof(block) + block.padding;
	ret->size = block.size;
	if (block.size > INT64_MAX - ret->at)
		return false;
	*at = ret->at + block.size;
	return true;
}

/* The item at *at, which is moved behind it; false behind the last, and where it makes no sense. */
static bool next_item(struct dump_file *file, uint64_t *at, struct item *ret)
{
	uint8_t tag[2], value[TAG_BLOCK];

	*ret = (struct item){.index = {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
	if (!err_ok(dump_file_read(file, *at, tag, sizeof(tag))) || !tag[1])
		return false;
	size_t name = tag[1], indices = tag[0] >> 6, size = tag[0] & TAG_BLOCK;

	*at += sizeof(tag);
	if (!err_ok(dump_file_read(file, *at, ret->name, name)) ||
	    !err_ok(dump_file_read(file, *at + name, ret->index, indices * 4)))
		return false;
	*at += name + indices * 4;
	ret->block = size >= TAG_PACKED;
	ret->packed = size == TAG_PACKED;
	if (ret->block)
		return read_block(file, at, ret);
	ret->at = *at;
	ret->size = size;
	if (!err_ok(dump_file_read(file, *at, value, size)))
		return false;
	ret->value = load_uint(value, MIN(size, sizeof(uint64_t)));
	*at += size;
	return true;
}

/* --- what the groups tell ------------------------------------------------------------------------ */

static void take_memory(struct state *state, const struct item *item)
{
	struct region *region =
		item->index[0] < REGIONS_MAX ? &state->regions[item->index[0]] : NULL;

	if (item->block && !strcmp(item->name, "Memory")) {
		state->memory_at = item->at;
		state->memory_size = item->size;
		state->packed = item->packed;
	} else if (!strcmp(item->name, "regionsCount")) {
		state->region_count = (uint32_t)MIN(item->value, REGIONS_MAX);
	} else if (region && !strcmp(item->name, "regionPageNum")) {
		region->page = (uint32_t)item->value;
	} else if (region && !strcmp(item->name, "regionPPN")) {
		region->ppn = (uint32_t)item->value;
	} else if (region && !strcmp(item->name, "regionSize")) {
		region->count = (uint32_t)item->value;
	}
}

/* The order of the block "gpregs". */
static const enum reg general[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RBP, REG_RSP,
				   REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
				   REG_R12, REG_R13, REG_R14, REG_R15};

static enum reg find_register(const struct item *item)
{
	static const struct {
		const char *name;
		uint32_t index; /* the second; UINT32_MAX: none */
		enum reg reg;
	} table[] = {
		{"rip", UINT32_MAX, REG_RIP},
		{"eflags", UINT32_MAX, REG_RFLAGS},
		{"CR64", 2, REG_CR2},
		{"CR64", 3, REG_CR3},
		{"S", 1, REG_CS},
		{"S", 2, REG_SS},
		{"S.base64", 4, REG_FS_BASE},
		{"S.base64", 5, REG_GS_BASE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(item->name, table[i].name) && item->index[1] == table[i].index)
			return table[i].reg;
	for (size_t i = 0; i < ARRAY_SIZE(general); i++)
		if (!strcmp(item->name, reg_name(general[i])))
			return general[i];
	return REG_NONE;
}

static void take_block(struct state *state, struct regs *regs, const struct item *item)
{
	uint64_t values[ARRAY_SIZE(general)], cr[5];

	if (!strcmp(item->name, "gpregs") && item->size == sizeof(values) &&
	    err_ok(dump_file_read(state->file, item->at, values, sizeof(values)))) {
		for (size_t i = 0; i < ARRAY_SIZE(general); i++)
			regs_set(regs, general[i], values[i]);
	} else if (!strcmp(item->name, "CR64") && item->size >= sizeof(cr) &&
		   err_ok(dump_file_read(state->file, item->at, cr, sizeof(cr)))) {
		regs_set(regs, REG_CR2, cr[2]);
		regs_set(regs, REG_CR3, cr[3]);
	}
}

static struct err *take_cpu(struct state *state, const struct item *item)
{
	if (!strcmp(item->name, "cpu:numVCPUs") && !state->cpus) {
		state->cpu_count = (uint32_t)MIN(item->value, CPUS_MAX);
		state->cpus = calloc(state->cpu_count + 1, sizeof(*state->cpus));
		return state->cpus ? NULL : &err_nomem;
	}
	if (item->index[0] >= state->cpu_count)
		return NULL;
	struct regs *regs = &state->cpus[item->index[0]];
	enum reg reg = item->block ? REG_NONE : find_register(item);

	if (item->block)
		take_block(state, regs, item);
	else if (reg != REG_NONE)
		regs_set(regs, reg, item->value);
	return NULL;
}

static void read_memory(struct state *state, const struct vmware_group *group)
{
	uint64_t at = group->position;
	struct item item;

	for (size_t i = 0; i < MEMORY_ITEMS_MAX && next_item(state->file, &at, &item); i++)
		take_memory(state, &item);
}

static struct err *read_cpus(struct state *state, const struct vmware_group *group)
{
	uint64_t at = group->position;
	struct item item;

	for (size_t i = 0; i < ITEMS_MAX && next_item(state->file, &at, &item); i++)
		TRY(take_cpu(state, &item));
	return NULL;
}

static bool is_called(const struct vmware_group *group, const char *name)
{
	return !strncmp(group->name, name, sizeof(group->name));
}

static struct err *read_groups(struct state *state, uint32_t count, bool memory_alone)
{
	for (uint32_t i = 0; i < MIN(count, GROUPS_MAX); i++) {
		struct vmware_group group;

		TRY(dump_file_read(state->file, sizeof(struct vmware_header) + i * sizeof(group),
				   &group, sizeof(group)));
		if (is_called(&group, "memory"))
			read_memory(state, &group);
		else if (!memory_alone && is_called(&group, "cpu"))
			TRY(read_cpus(state, &group));
	}
	return NULL;
}

/* --- the dump ------------------------------------------------------------------------------------ */

static bool is_vmware(const struct vmware_header *header)
{
	switch (header->magic) {
	case MAGIC_OLD:
	case 0xbed2bed2: /* as it was suspended, in part, restored, not to be restored */
	case 0xbed3bed3:
	case 0xbad1bad1:
	case 0xbad2bad2:
		return true;
	default:
		return false;
	}
}

/* Without regions all memory is one. */
static void add_regions(const struct state *state, struct segment_dump *dump)
{
	uint64_t size = state->memory_size;

	if (!state->region_count)
		segment_dump_add(dump, 0, size, state->memory_at, size);
	for (uint32_t i = 0; i < state->region_count; i++) {
		const struct region *region = &state->regions[i];
		uint64_t at = (uint64_t)region->page << PAGE_SHIFT;
		uint64_t length = (uint64_t)region->count << PAGE_SHIFT;

		segment_dump_add(dump, (uint64_t)region->ppn << PAGE_SHIFT, length,
				 state->memory_at + at, length);
	}
}

/* Where the memory is: in this file, or in the one beside it. */
static struct err *find_memory(const struct dump_files *files, struct state *state,
			       struct dump_file **ret)
{
	*ret = files->at[0];
	if (state->packed)
		return err_new(ERR_UNSUPPORTED,
			       "a VMware snapshot with compressed memory: convert it "
			       "with vmss2core -N");
	if (state->memory_size)
		return NULL;
	if (files->count < 2)
		return err_new(ERR_UNSUPPORTED,
			       "a VMware snapshot without its memory: give the .vmem file with it");
	*ret = files->at[1];
	state->memory_at = 0;
	state->memory_size = dump_file_size(*ret);
	return NULL;
}

static struct err *build(const struct dump_files *files, struct state *state,
			 struct dump_info *info, struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	struct dump_file *memory;

	TRY(find_memory(files, state, &memory));
	TRY(segment_dump_new(memory, REGIONS_MAX, &dump));
	add_regions(state, dump);
	TRY(segment_dump_finish(dump, "vmware", info));
	dump->container.cpus = take_ptr(state->cpus);
	dump->container.cpu_count = state->cpu_count;
	*ret = &take_ptr(dump)->container;
	return NULL;
}

struct err *vmware_dump_open(const struct dump_files *files, struct dump_info *info,
			     struct container **ret)
{
	struct state state = {.file = files->at[0]};
	struct vmware_header header;
	size_t got;

	TRY(dump_file_read_some(state.file, 0, &header, sizeof(header), &got));
	if (got < sizeof(header) || !is_vmware(&header))
		return err_new(ERR_NOT_FOUND, "no VMware snapshot");
	if (header.magic == MAGIC_OLD)
		return err_new(ERR_UNSUPPORTED,
			       "a VMware snapshot in its old, 32-bit form: convert it "
			       "with vmss2core -N");
	struct err *err = read_groups(&state, header.groups, false);

	if (!err)
		err = build(files, &state, info, ret);
	free(state.cpus);
	return err;
}

bool vmware_memory_is_beside(int fd, uint64_t *size)
{
	_cleanup_(cleanup_dump_file_close) struct dump_file *file = NULL;
	struct state state = {0};
	struct vmware_header header;

	*size = 1;
	if (!err_ok(dump_file_open(fd, &file)) ||
	    !err_ok(dump_file_read(file, 0, &header, sizeof(header))) || !is_vmware(&header))
		return false;
	state.file = file;
	if (!err_ok(read_groups(&state, header.groups, true)) || state.memory_size)
		return false;
	for (uint32_t i = 0; i < state.region_count; i++) {
		uint64_t pages = (uint64_t)state.regions[i].page + state.regions[i].count;

		*size = MAX(*size, pages << PAGE_SHIFT);
	}
	return true;
}
