/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at an object with a bad word: is the rest of it sound, or was more of it overwritten? */
#include "memory/object_damage.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "memory/kernel_pointer.h"
#include "memory/value.h"

#define BEYOND_MAX 4096	 /* bytes that a stretch is followed beyond the object */
#define POINTERS_MAX 512 /* that are tried */
#define TARGETS_MAX 24	 /* objects that are looked at for a pointer back */
#define TARGET_BYTES 4096
#define ARRAYS_MAX 256 /* arrays of pointers, in objects that targets point to, that are read */

struct look {
	struct kernel *kernel;
	const struct slab_object *object;
	struct object_damage *found;
	uint64_t start, size; /* of what was read of the object */
	uint64_t bad;	      /* the word */
	uint8_t bytes[OBJECT_DAMAGE_MAX];
};

static uint64_t word_at(const struct look *look, uint64_t offset)
{
	return load_u64(look->bytes + offset);
}

static bool in_stretch(const struct look *look, uint64_t offset)
{
	return (int64_t)offset + 8 > look->found->from && (int64_t)offset < look->found->to;
}

/* --- the stretch of bytes like the bad word --------------------------------------------------- */

/* A memory set to one byte ends where another is: other text beside it was written by somebody else. */
static bool is_fill(uint64_t word)
{
	return word == (word & 0xff) * 0x0101010101010101ull;
}

static bool alike_at(const struct look *look, uint64_t address)
{
	uint64_t word;

	return err_ok(memory_read_u64(look->kernel->memory, address, &word)) &&
	       (word == look->bad || (!is_fill(look->bad) && value_alike(word, look->bad)));
}

#define LINKED_MAX 2 /* words of the object that a list has written since it was overwritten */

/* A lone pointer in the midst of the stretch: who took the object for a node has linked others to it. */
static bool is_link(struct look *look, uint64_t at, uint64_t beyond, unsigned *links)
{
	return at >= look->start && at + 8 <= look->start + look->size && beyond >= look->start &&
	       beyond + 8 <= look->start + look->size && *links < LINKED_MAX &&
	       kernel_pointer_is(look->kernel->memory, word_at(look, at - look->start)) &&
	       alike_at(look, beyond) && ++*links;
}

static void measure_stretch(struct look *look, uint64_t at)
{
	uint64_t from = at, to = at + 8;
	unsigned links = 0;

	while (look->bad && from > look->start - BEYOND_MAX &&
	       (alike_at(look, from - 8) || is_link(look, from - 8, from - 16, &links)))
		from -= 8;
	while (look->bad && to < look->start + look->size + BEYOND_MAX &&
	       (alike_at(look, to) || is_link(look, to, to + 8, &links)))
		to += 8;
	look->found->from = (int64_t)(from - look->start);
	look->found->to = (int64_t)(to - look->start);
}

/* --- pointers and lists ----------------------------------------------------------------------- */

/* 1: to memory; -1: to none; 0: cannot be told, as the dump leaves it out. */
static int leads_somewhere(struct kernel *kernel, uint64_t pointer)
{
	uint8_t byte;
	struct err *err = memory_read_u8(kernel->memory, pointer, &byte);
	bool missing = err && err->code != ERR_UNMAPPED && err->code != ERR_ABSENT;

	return err_ok(err) ? 1 : missing ? 0 : -1;
}

/*
 * Two pointers in a row may be a list_head. They are one when a neighbour points back, and it is
 * broken when the other neighbour does not.
 */
static void try_list(struct look *look, uint64_t offset)
{
	struct kernel *kernel = look->kernel;
	uint64_t here = look->start + offset, next, prev, back_next = 0, back_prev = 0;

	next = word_at(look, offset);
	prev = word_at(look, offset + 8);
	bool forth =
		err_ok(memory_read_u64(kernel->memory, next + 8, &back_next)) && back_next == here;
	bool back = err_ok(memory_read_u64(kernel->memory, prev, &back_prev)) && back_prev == here;
	if (forth && back) {
		look->found->lists_sound++;
		if (!look->found->list_at)
			look->found->list_at = here;
	} else if (forth || back) {
		look->found->lists_broken++;
	}
}

static void count_words(struct look *look)
{
	struct object_damage *found = look->found;
	unsigned tried = 0;

	for (uint64_t offset = 0; offset + 8 <= look->size; offset += 8) {
		uint64_t word = word_at(look, offset);

		found->words++;
		found->zeros += !word;
		if (in_stretch(look, offset) || !kernel_pointer_is(look->kernel->memory, word) ||
		    tried >= POINTERS_MAX)
			continue;
		tried++;
		int leads = leads_somewhere(look->kernel, word);
		found->pointers_good += leads > 0;
		found->pointers_bad += leads < 0;
		if (leads > 0 && offset + 16 <= look->size && !in_stretch(look, offset + 8) &&
		    kernel_pointer_is(look->kernel->memory, word_at(look, offset + 8)))
			try_list(look, offset);
	}
}

/* --- pointers back ---------------------------------------------------------------------------- */

static bool points_into(const struct look *look, uint64_t word)
{
	return word >= look->start && word < look->start + look->object->slab.cache->object_size;
}

/* Does an array that the target points to, as request_queue.queue_hw_ctx[], point to the object? */
static bool array_leads_back(const struct look *look, uint64_t array, unsigned *arrays)
{
	uint64_t words[8];

	if (array % 8 || memory_class(look->kernel->memory, array) != VA_DIRECT_MAP ||
	    points_into(look, array) || ++*arrays > ARRAYS_MAX ||
	    !err_ok(memory_read(look->kernel->memory, array, words, sizeof(words))))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i] == look->start)
			return true;
	return false;
}

static bool leads_back(const struct look *look, const struct slab_object *target, unsigned *arrays)
{
	uint8_t bytes[TARGET_BYTES];
	uint64_t size = MIN(target->slab.cache->object_size, sizeof(bytes)) & ~7ull;

	if (!err_ok(memory_read(look->kernel->memory, target->start, bytes, size)))
		return false;
	for (uint64_t i = 0; i < size; i += 8)
		if (points_into(look, load_u64(bytes + i)))
			return true;
	for (uint64_t i = 0; i < size; i += 8)
		if (array_leads_back(look, load_u64(bytes + i), arrays))
			return true;
	return false;
}

static void find_back_references(struct look *look)
{
	struct object_damage *found = look->found;
	unsigned targets = 0, arrays = 0;
	uint64_t last = 0;

	for (uint64_t offset = 0; offset + 8 <= look->size && targets < TARGETS_MAX; offset += 8) {
		uint64_t word = word_at(look, offset);
		struct slab_object target;

		if (in_stretch(look, offset) || word == last || points_into(look, word) ||
		    memory_class(look->kernel->memory, word) != VA_DIRECT_MAP)
			continue;
		targets++;
		last = word;
		if (!err_ok(slab_find(look->kernel, word, &target)) ||
		    target.state != OBJECT_ALLOCATED || !leads_back(look, &target, &arrays))
			continue;
		if (!found->back_references++) {
			found->back_at = look->start + offset;
			found->back_object = target.start;
		}
	}
}

/* --- members by their type -------------------------------------------------------------------- */

/* Could this be the member's value: NULL, an error code, or memory of the right kind? */
static bool fits_member(const struct look *look, const struct member *member, uint64_t word)
{
	enum va_class class = memory_class(look->kernel->memory, word);

	if (!word || word >= -4096ull)
		return true;
	if (type_target(member->type).kind == TYPE_FUNCTION)
		return class == VA_IMAGE || class == VA_MODULE;
	/* Pointers to user space fit, and so do those with flags in their low bits. */
	return class == VA_USER || (memory_is_kernel(look->kernel->memory, word) &&
				    leads_somewhere(look->kernel, word & ~7ull) >= 0);
}

static void check_members(struct look *look, struct type type)
{
	struct object_damage *found = look->found;
	_str_ struct str names = {0};

	for (uint64_t offset = 0; offset + 8 <= MIN(look->size, type_size(type)); offset += 8) {
		struct member member;
		char path[96];

		if (!type_describe_offset(type, offset, path, sizeof(path), &member) ||
		    member.type.kind != TYPE_POINTER || member.bit_offset != offset * 8)
			continue;
		found->members++;
		if (fits_member(look, &member, word_at(look, offset)))
			continue;
		found->members_bad++;
		if (names.length < 64)
			str_printf(&names, "%s%s", names.length ? ", " : "", path);
	}
	copy_string(found->bad_names, sizeof(found->bad_names), names.data ? names.data : "");
}

/* --- what it comes to ------------------------------------------------------------------------- */

#define OVERRUN_MIN                                                                                \
	24 /* bytes: one equal word on each side of the border may be chance or a default */

/* The stretch begins in the object in front, not before it, and runs into this one. */
static bool is_overrun(const struct look *look)
{
	const struct object_damage *found = look->found;

	return look->object->index && found->from < 0 &&
	       found->from > -(int64_t)look->object->slab.cache->size &&
	       found->to - found->from >= OVERRUN_MIN;
}

static bool says(struct object_damage *found, enum damage damage, double confidence)
{
	found->damage = damage;
	found->confidence = confidence;
	return true;
}

static bool judge_stretch(const struct look *look)
{
	struct object_damage *found = look->found;
	int64_t size = (int64_t)look->object->slab.cache->object_size,
		length = found->to - found->from;

	if (is_overrun(look))
		return says(found, DAMAGE_OVERRUN, length >= 48 ? 0.9 : 0.7);
	if (found->from == 0 && found->to == size && size > 16)
		return says(found, DAMAGE_WHOLE_OBJECT, 0.95);
	/*
	 * The neighbours hold the same: a whole area was written, or all of them are buffers of
	 * such data.
	 */
	if (found->from <= 0 && found->to >= size && size > 16)
		return says(found, DAMAGE_WHOLE_OBJECT, 0.7);
	if (length > 16)
		return says(found, DAMAGE_MEMBERS, 0.8);
	return false;
}

static void judge(const struct look *look)
{
	struct object_damage *found = look->found;

	if (judge_stretch(look))
		return;
	/* Where most members do not fit the type, an object of another type lies here now. */
	if (found->members_bad >= 3 && 2 * found->members_bad > found->members) {
		says(found, DAMAGE_WHOLE_OBJECT, 0.8);
		return;
	}
	if (found->members_bad > 2 || found->lists_broken > 1 ||
	    found->pointers_bad > found->pointers_good) {
		says(found, DAMAGE_MEMBERS, 0.7);
		return;
	}
	unsigned proofs = found->lists_sound + found->back_references;
	if (proofs)
		says(found, DAMAGE_ONE_MEMBER, proofs > 1 ? 0.97 : 0.93);
	else if (found->pointers_good > 1)
		says(found, DAMAGE_ONE_MEMBER, 0.85);
	else if (found->zeros + 4 >=
		 found->words) /* a blank object is little evidence, but none against */
		says(found, DAMAGE_ONE_MEMBER, 0.75);
}

struct err *object_damage_read(struct kernel *kernel, const struct slab_object *object, uint64_t at,
			       struct type type, struct object_damage *ret)
{
	struct look look = {
		.kernel = kernel,
		.object = object,
		.found = ret,
		.start = object->start,
		.size = MIN(object->slab.cache->object_size, OBJECT_DAMAGE_MAX) & ~7ull,
	};

	*ret = (struct object_damage){0};
	if (at < look.start || at % 8 || at + 8 > look.start + look.size)
		return err_at(ERR_INVALID, at, "no word of the object");
	TRY(memory_read(kernel->memory, look.start, look.bytes, look.size));
	look.bad = word_at(&look, at - look.start);
	measure_stretch(&look, at);
	count_words(&look);
	find_back_references(&look);
	if (type.kind == TYPE_STRUCT)
		check_members(&look, type);
	judge(&look);
	return NULL;
}
