/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the kernel's log in the dump, in each form it has had. */
#include "kernel/printk/printk.h"

#include <stdio.h>

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/printk/dmesg_lines.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/*
 * Where a member lies: by the kernel's types, or by what VMCOREINFO says of the same structure, as
 * the log must be readable without any types.
 */
struct field {
	uint64_t offset;
	size_t size;
	bool known;
};

/* Keys are those of VMCOREINFO; a nested member is the sum of two. */
static struct field find_field(struct kernel *kernel, enum member_id id, size_t size,
			       const char *outer, const char *inner)
{
	const struct member *member = members_get(kernel->members, id);
	struct field field = {.size = size};
	uint64_t part;

	if (member) {
		field.offset = member_offset(member);
		field.known = true;
		return field;
	}
	field.known = vmcoreinfo_offset(kernel->vmcoreinfo, outer, &field.offset);
	if (inner) {
		field.known &= vmcoreinfo_offset(kernel->vmcoreinfo, inner, &part);
		field.offset += field.known ? part : 0;
	}
	return field;
}

static uint64_t struct_size(struct kernel *kernel, const char *name)
{
	uint64_t size = type_size(types_find_struct(kernel->types, name));

	return size || vmcoreinfo_size(kernel->vmcoreinfo, name, &size) ? size : 0;
}

static bool find_symbol(struct kernel *kernel, const char *name, uint64_t *ret)
{
	return (kernel->symbols && symbols_find(kernel->symbols, name, ret)) ||
	       vmcoreinfo_symbol(kernel->vmcoreinfo, name, ret);
}

static struct err *read_variable(struct kernel *kernel, const char *name, size_t size,
				 uint64_t *ret)
{
	uint64_t address;

	if (!find_symbol(kernel, name, &address))
		return err_new(ERR_NOT_FOUND, "no symbol %s", name);
	return err_wrap(memory_read_uint(kernel->memory, address, size, ret), "%s", name);
}

static struct err *read_field(struct kernel *kernel, uint64_t object, const struct field *field,
			      uint64_t *ret)
{
	if (!field->known)
		return err_new(ERR_NOT_FOUND, "the log's structures are not known");
	return memory_read_uint(kernel->memory, object + field->offset, field->size, ret);
}

/* --- the ring (kernel/printk/printk_ringbuffer.c) --------------------------------------------- */

#define RING_COUNT_BITS_MAX 22
#define RING_SIZE_BITS_MAX 31
#define RING_FAILURES 256     /* records that cannot be read before the rest is given up */
#define RECORD_MAX 256	      /* bytes of a record's head; a printk_info has 88 */
#define RECORD_TEXT_MAX 65536 /* text_len is a u16 */

struct ring {
	struct kernel *kernel;
	uint64_t count_bits, descs, infos, head, tail, size_bits, data;
	uint64_t desc_size, info_size;
	struct field state, begin, next, time, length, caller;
	char *text; /* of one record */
};

static struct err *open_ring(struct ring *ring, uint64_t address)
{
	struct kernel *kernel = ring->kernel;
	static const char outer[] = "printk_ringbuffer.desc_ring",
			  text[] = "printk_ringbuffer.text_data_ring",
			  lpos[] = "prb_desc.text_blk_lpos";
	struct field fields[] = {
		find_field(kernel, MEMBER_PRB_COUNT_BITS, 4, outer, "prb_desc_ring.count_bits"),
		find_field(kernel, MEMBER_PRB_DESCS, 8, outer, "prb_desc_ring.descs"),
		find_field(kernel, MEMBER_PRB_INFOS, 8, outer, "prb_desc_ring.infos"),
		find_field(kernel, MEMBER_PRB_HEAD_ID, 8, outer, "prb_desc_ring.head_id"),
		find_field(kernel, MEMBER_PRB_TAIL_ID, 8, outer, "prb_desc_ring.tail_id"),
		find_field(kernel, MEMBER_PRB_SIZE_BITS, 4, text, "prb_data_ring.size_bits"),
		find_field(kernel, MEMBER_PRB_DATA, 8, text, "prb_data_ring.data"),
	};
	uint64_t *values[] = {&ring->count_bits, &ring->descs,	   &ring->infos, &ring->head,
			      &ring->tail,	 &ring->size_bits, &ring->data};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		TRY(err_wrap(read_field(kernel, address, &fields[i], values[i]), "printk ring"));
	ring->state = find_field(kernel, MEMBER_PRB_DESC_STATE, 8, "prb_desc.state_var", NULL);
	ring->begin = find_field(kernel, MEMBER_PRB_DESC_BEGIN, 8, lpos, "prb_data_blk_lpos.begin");
	ring->next = find_field(kernel, MEMBER_PRB_DESC_NEXT, 8, lpos, "prb_data_blk_lpos.next");
	ring->time = find_field(kernel, MEMBER_PRINTK_TIME, 8, "printk_info.ts_nsec", NULL);
	ring->length = find_field(kernel, MEMBER_PRINTK_LENGTH, 2, "printk_info.text_len", NULL);
	ring->caller = find_field(kernel, MEMBER_PRINTK_CALLER, 4, "printk_info.caller_id", NULL);
	ring->desc_size = struct_size(kernel, "prb_desc");
	ring->info_size = struct_size(kernel, "printk_info");
	if (!ring->state.known || !ring->begin.known || !ring->next.known || !ring->length.known ||
	    !ring->desc_size || !ring->info_size || ring->info_size > RECORD_MAX)
		return err_new(ERR_NOT_FOUND, "the printk ring's structures are not known");
	if (ring->count_bits > RING_COUNT_BITS_MAX || ring->size_bits > RING_SIZE_BITS_MAX)
		return err_new(ERR_CORRUPT, "the printk ring has an absurd size");
	return NULL;
}

/*
 * Where a record's text lies in the data ring, behind its block's id. A block that did not fit
 * before the end begins anew at the ring's start; one without data has odd positions.
 */
static bool find_message(const struct ring *ring, uint64_t begin, uint64_t next, uint64_t *offset,
			 uint64_t *size)
{
	uint64_t mask = (UINT64_C(1) << ring->size_bits) - 1;
	uint64_t turn = begin >> ring->size_bits, last = (next - 1) >> ring->size_bits;

	if (begin & 1 || next & 1)
		return false;
	if (turn == last && begin < next) {
		*offset = begin & mask;
		*size = next - begin;
	} else if (turn + 1 == last) {
		*offset = 0;
		*size = next & mask;
	} else {
		return false;
	}
	if (*size < 8)
		return false;
	*offset += 8;
	*size -= 8;
	return true;
}

static void info_line(const struct ring *ring, const uint8_t *info, struct log_stamp *ret)
{
	uint64_t value;

	*ret = (struct log_stamp){.level = -1};
	if (ring->time.known) {
		ret->time_us = load_u64(info + ring->time.offset) / 1000;
		ret->has_time = true;
	}
	if (ring->caller.known)
		ret->caller = load_u32(info + ring->caller.offset);
	if (member_get(ring->kernel, info, ring->info_size, MEMBER_PRINTK_LEVEL, &value))
		ret->level = (int)value;
}

/* One record, into the builder. Reused, reserved and lost ones have no text any more. */
static struct err *read_record(struct ring *ring, uint64_t id, struct log_builder *builder)
{
	uint64_t index = id & ((UINT64_C(1) << ring->count_bits) - 1);
	uint64_t desc = ring->descs + index * ring->desc_size, state, begin, next, offset, size;
	uint8_t info[RECORD_MAX];
	struct log_stamp line;

	TRY(read_field(ring->kernel, desc, &ring->state, &state));
	/* desc_committed is 1, desc_finalized 2; the rest of the word is the id. */
	if (state << 2 >> 2 != id || !(state >> 62 == 1 || state >> 62 == 2))
		return NULL;
	TRY(read_field(ring->kernel, desc, &ring->begin, &begin));
	TRY(read_field(ring->kernel, desc, &ring->next, &next));
	TRY(memory_read(ring->kernel->memory, ring->infos + index * ring->info_size, info,
			ring->info_size));
	if (ring->length.offset + 2 > ring->info_size || ring->time.offset + 8 > ring->info_size ||
	    ring->caller.offset + 4 > ring->info_size)
		return err_new(ERR_CORRUPT, "a record's members lie outside of it");
	info_line(ring, info, &line);
	if (!find_message(ring, begin, next, &offset, &size))
		return NULL;
	size = MIN(size, load_u16(info + ring->length.offset));
	TRY(memory_read(ring->kernel->memory, ring->data + offset, ring->text, size));
	log_add(builder, &line, ring->text, size);
	return NULL;
}

static struct err *read_ring(struct kernel *kernel, uint64_t pointer, struct log_builder *builder)
{
	_free_ char *text = malloc(RECORD_TEXT_MAX);
	struct ring ring = {.kernel = kernel, .text = text};
	uint64_t address, mask = UINT64_MAX >> 2;
	unsigned failures = 0;

	if (!text)
		return &err_nomem;
	TRY(err_wrap(memory_read_u64(kernel->memory, pointer, &address), "prb"));
	TRY(open_ring(&ring, address));
	ring.head &= mask;
	for (uint64_t id = ring.tail & mask, left = UINT64_C(1) << ring.count_bits;;
	     id = (id + 1) & mask) {
		struct err *err = read_record(&ring, id, builder);

		if (err)
			log_fail(builder, err_wrap(err, "log record"));
		if (id == ring.head)
			return NULL;
		if ((err && ++failures == RING_FAILURES) || !--left)
			break;
	}
	log_fail(builder, err_new(ERR_LIMIT, "the printk ring has no end"));
	return NULL;
}

/* --- records in log_buf (3.5 to 5.9) ---------------------------------------------------------- */

#define LOG_BUF_MAX (256u << 20)
#define LOG_CONT 8u /* LOG_CONT: part of the line before */

/* log_buf and its length, read into memory. */
static struct err *read_buffer(struct kernel *kernel, char **ret, uint64_t *length)
{
	uint64_t address;
	struct err *err;

	TRY(read_variable(kernel, "log_buf", 8, &address));
	TRY(read_variable(kernel, "log_buf_len", 4, length));
	if (!*length || *length > LOG_BUF_MAX)
		return err_new(ERR_CORRUPT, "log_buf_len is absurd");
	*ret = malloc(*length);
	if (!*ret)
		return &err_nomem;
	err = err_wrap(memory_stream(kernel->memory, address, *ret, *length), "log_buf");
	if (err) {
		free(*ret);
		*ret = NULL;
	}
	return err;
}

struct records {
	struct kernel *kernel;
	const char *name; /* of the structure: printk_log, before v3.11 log */
	struct field time, length, text_length;
	uint64_t size;
};

static struct field record_field(const struct records *records, enum member_id id, size_t size,
				 const char *member)
{
	char key[64];

	snprintf(key, sizeof(key), "%s.%s", records->name, member);
	return find_field(records->kernel, id, size, key, NULL);
}

static struct err *open_records(struct records *records)
{
	records->name = "printk_log";
	records->size = struct_size(records->kernel, records->name);
	if (!records->size) {
		records->name = "log";
		records->size = struct_size(records->kernel, records->name);
	}
	records->time = record_field(records, MEMBER_RECORD_TIME, 8, "ts_nsec");
	records->length = record_field(records, MEMBER_RECORD_LENGTH, 2, "len");
	records->text_length = record_field(records, MEMBER_RECORD_TEXT_LENGTH, 2, "text_len");
	if (!records->size || !records->time.known || !records->length.known ||
	    !records->text_length.known || records->time.offset + 8 > records->size ||
	    records->length.offset + 2 > records->size ||
	    records->text_length.offset + 2 > records->size)
		return err_new(ERR_NOT_FOUND, "the log's structures are not known");
	return NULL;
}

static void record_line(const struct records *records, const char *record, struct log_stamp *ret)
{
	struct kernel *kernel = records->kernel;
	uint64_t value;

	*ret = (struct log_stamp){.level = -1, .has_time = true};
	ret->time_us = load_u64(record + records->time.offset) / 1000;
	if (member_get(kernel, record, records->size, MEMBER_RECORD_LEVEL, &value))
		ret->level = (int)value;
	if (member_get(kernel, record, records->size, MEMBER_RECORD_FLAGS, &value))
		ret->continued = value & LOG_CONT;
	if (member_get(kernel, record, records->size, MEMBER_RECORD_CALLER, &value))
		ret->caller = (uint32_t)value;
}

static struct err *walk_records(const struct records *records, const char *buffer, uint64_t size,
				struct log_builder *builder)
{
	uint64_t at, end, length, text;
	bool wrapped = false;

	TRY(read_variable(records->kernel, "log_first_idx", 4, &at));
	TRY(read_variable(records->kernel, "log_next_idx", 4, &end));
	while (at != end) {
		struct log_stamp line;

		if (at > size || records->size > size - at)
			return err_new(ERR_CORRUPT, "a log record lies outside the buffer");
		length = load_u16(buffer + at + records->length.offset);
		if (!length) { /* the rest of the buffer was too small for the next one */
			if (wrapped)
				return err_new(ERR_LOOP, "the log records have no end");
			wrapped = true;
			at = 0;
			continue;
		}
		text = load_u16(buffer + at + records->text_length.offset);
		if (length > size - at || length < records->size || text > length - records->size)
			return err_new(ERR_CORRUPT, "a log record has an absurd length");
		record_line(records, buffer + at, &line);
		log_add(builder, &line, buffer + at + records->size, text);
		at += length;
	}
	return NULL;
}

static struct err *read_records(struct kernel *kernel, struct log_builder *builder)
{
	struct records records = {.kernel = kernel};
	_free_ char *buffer = NULL;
	struct err *err;
	uint64_t size;

	TRY(open_records(&records));
	TRY(read_buffer(kernel, &buffer, &size));
	err = walk_records(&records, buffer, size, builder);
	if (err)
		log_fail(builder, err);
	return NULL;
}

/* --- flat log_buf (before 3.5) ---------------------------------------------------------------- */

/* log_end counts all characters ever written; the last log_buf_len of them are there. */
static struct err *read_flat(struct kernel *kernel, struct log_builder *builder)
{
	_free_ char *buffer = NULL, *text = NULL;
	uint64_t size, end, length, start;

	TRY(read_buffer(kernel, &buffer, &size));
	TRY(read_variable(kernel, "log_end", 4, &end));
	length = MIN(end, size);
	start = (end - length) % size;
	text = malloc(length + 1);
	if (!text)
		return &err_nomem;
	memcpy(text, buffer + start, MIN(length, size - start));
	if (length > size - start)
		memcpy(text + (size - start), buffer, length - (size - start));
	dmesg_lines_add(builder, text, length);
	return NULL;
}

struct err *printk_open(struct kernel *kernel, struct log **ret)
{
	struct log_builder builder = {0};
	uint64_t address;
	const char *source;
	struct err *err;

	if (find_symbol(kernel, "prb", &address)) {
		source = "printk ring";
		err = read_ring(kernel, address, &builder);
	} else if (find_symbol(kernel, "log_first_idx", &address)) {
		source = "log_buf records";
		err = read_records(kernel, &builder);
	} else {
		source = "log_buf";
		err = read_flat(kernel, &builder);
	}
	if (!err && !builder.count)
		err = builder.err ? take_ptr(builder.err)
				  : err_new(ERR_NOT_FOUND, "the kernel's log is empty");
	if (err) {
		struct log *empty;

		if (err_ok(log_finish(&builder, source, &empty)))
			log_close(empty);
		return err;
	}
	return log_finish(&builder, source, ret);
}
