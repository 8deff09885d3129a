/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks a doubly linked list from both ends to the place where its nodes disagree. */
#include "memory/broken_list.h"

#include "kernel/memory/memory.h"
#include "memory/kernel_pointer.h"

#define NEXT 0
#define PREV 8

static bool read_link(struct kernel *kernel, uint64_t node, unsigned link, uint64_t *ret)
{
	return !(node % 8) && kernel_pointer_is(kernel->memory, node) &&
	       err_ok(memory_read_u64(kernel->memory, node + link, ret));
}

/* Where a walk came to. */
struct end {
	uint64_t node, word; /* the last node that its neighbour knew, and what its link holds */
	bool broken;	/* the node there does not point back; else the walk came full circle */
	unsigned count; /* links gone along that were right */
};

/* An odd word ends a list that marks its end so (include/linux/list_nulls.h); so does NULL. */
static bool walk(struct kernel *kernel, uint64_t start, unsigned link, unsigned *budget,
		 struct end *end)
{
	uint64_t back;

	*end = (struct end){.node = start};
	while (*budget) {
		--*budget;
		if (!read_link(kernel, end->node, link, &end->word))
			return false;
		if (!end->word || end->word & 1)
			return true;
		if (!read_link(kernel, end->word, NEXT + PREV - link, &back) || back != end->node) {
			end->broken = true;
			return true;
		}
		if (end->word == start)
			return true;
		end->node = end->word;
		end->count++;
	}
	return false;
}

static int only_bit(uint64_t a, uint64_t b)
{
	uint64_t differ = a ^ b;

	return differ && !(differ & (differ - 1)) ? __builtin_ctzll(differ) : -1;
}

/* The node whose link back says that it belongs behind this one, one bit from what leads there. */
static uint64_t one_bit_away(struct kernel *kernel, uint64_t node, uint64_t word, unsigned link)
{
	for (unsigned bit = 3; bit < 64; bit++) {
		uint64_t back, other = word ^ 1ull << bit;

		if (read_link(kernel, other, NEXT + PREV - link, &back) && back == node)
			return other;
	}
	return 0;
}

/*
 * Who adds or removes a node changes four words one after the other: caught in the middle, the node
 * that a word leads to knows one of the two that the word is between.
 */
static bool is_in_change(struct kernel *kernel, const struct broken_list *list)
{
	uint64_t next = 0, prev = 0;

	read_link(kernel, list->found, NEXT, &next);
	read_link(kernel, list->found, PREV, &prev);
	return next == list->before || next == list->after || prev == list->before ||
	       prev == list->after;
}

/* It is on a list of its own that is sound. */
static bool is_on_a_list(struct kernel *kernel, uint64_t node)
{
	uint64_t next, back;

	return read_link(kernel, node, NEXT, &next) && next != node &&
	       read_link(kernel, next, PREV, &back) && back == node;
}

static bool wrong_word(struct kernel *kernel, struct broken_list *list, uint64_t at, uint64_t found,
		       uint64_t good)
{
	list->at = at;
	list->found = found;
	list->good = good;
	list->link = at == list->before ? NEXT : PREV;
	list->bit = is_in_change(kernel, list) ? -1 : only_bit(found, good);
	list->listed = is_on_a_list(kernel, found);
	return true;
}

/* The two ends of a circle meet where it is broken. */
static bool meet(struct kernel *kernel, const struct end *forth, const struct end *back,
		 struct broken_list *ret)
{
	ret->before = forth->node;
	ret->after = back->node;
	if (back->word == forth->node)
		return wrong_word(kernel, ret, forth->node + NEXT, forth->word, back->node);
	if (forth->word == back->node)
		return wrong_word(kernel, ret, back->node + PREV, back->word, forth->node);
	ret->lost = forth->word;
	return forth->word == back->word;
}

bool broken_list_find(struct kernel *kernel, uint64_t node, unsigned *budget,
		      struct broken_list *ret)
{
	struct end forth, back;

	*ret = (struct broken_list){.bit = -1};
	if (!walk(kernel, node, NEXT, budget, &forth) || !forth.broken)
		return false;
	bool circle = walk(kernel, node, PREV, budget, &back) && back.broken;
	ret->sound = forth.count + back.count;
	if (!ret->sound)
		return false;
	if (circle && meet(kernel, &forth, &back, ret))
		return true;
	uint64_t good = ret->sound > 1 ? one_bit_away(kernel, forth.node, forth.word, NEXT) : 0;
	*ret = (struct broken_list){
		.bit = -1, .before = forth.node, .after = good, .sound = ret->sound};
	return good && wrong_word(kernel, ret, forth.node, forth.word, good) && ret->bit >= 0;
}

/* The node that link leads to points back, or an hlist ends there. */
static bool is_sound(struct kernel *kernel, uint64_t node, unsigned link)
{
	uint64_t other, back;

	if (!read_link(kernel, node, link, &other))
		return false;
	return (!other && link == NEXT) ||
	       (read_link(kernel, other, NEXT + PREV - link, &back) && back == node);
}

/* Is the stray one bit from this node, whose neighbour leads to the stray and to which it points back? */
static bool is_astray(struct kernel *kernel, uint64_t stray, uint64_t node, unsigned link,
		      struct broken_list *ret)
{
	uint64_t neighbour, word;

	if (!read_link(kernel, node, NEXT + PREV - link, &neighbour) ||
	    !read_link(kernel, neighbour, link, &word) || word != stray)
		return false;
	*ret = (struct broken_list){
		.before = link ? node : neighbour,
		.after = link ? neighbour : node,
		.bit = -1,
		.sound = 2,
		.weak = !is_sound(kernel, node, link) ||
			!is_sound(kernel, neighbour, NEXT + PREV - link),
	};
	return wrong_word(kernel, ret, neighbour + link, stray, node) && ret->bit >= 0;
}

bool broken_list_find_stray(struct kernel *kernel, uint64_t stray, struct broken_list *ret)
{
	struct broken_list weak = {0};

	if (stray % 8 || !kernel_pointer_is(kernel->memory, stray))
		return false;
	for (unsigned bit = 3; bit < 64; bit++)
		for (unsigned link = NEXT; link <= PREV; link += PREV) {
			if (!is_astray(kernel, stray, stray ^ 1ull << bit, link, ret))
				continue;
			if (!ret->weak)
				return true;
			weak = *ret;
		}
	*ret = weak;
	return weak.weak;
}

#define STEPS_MAX 64

bool broken_list_leads_to(struct kernel *kernel, const struct broken_list *list, uint64_t bad,
			  uint64_t reach, unsigned *ret)
{
	uint64_t node = list->at ? list->found : list->lost;

	for (unsigned i = 0; i < STEPS_MAX; i++) {
		*ret = i;
		if (bad - node + reach <= 2 * reach)
			return true;
		if (!read_link(kernel, node, list->link, &node))
			return false;
	}
	return false;
}
