/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goes through a red-black tree to the place where a node and its child disagree. */
#include "memory/broken_tree.h"

#include "kernel/memory/memory.h"
#include "memory/kernel_pointer.h"

/* struct rb_node: the parent with the colour in its low bits, then the children. */
enum { PARENT, RIGHT, LEFT, WORDS };

#define COLOUR 3ull
#define DEPTH_MAX 64 /* of a tree of 2^32 nodes */

struct node {
	uint64_t address, words[WORDS];
};

static bool read_node(struct kernel *kernel, uint64_t address, struct node *ret)
{
	ret->address = address;
	return !(address % 8) && kernel_pointer_is(kernel->memory, address) &&
	       err_ok(memory_read(kernel->memory, address, ret->words, sizeof(ret->words)));
}

static uint64_t parent_of(const struct node *node)
{
	return node->words[PARENT] & ~COLOUR;
}

/* The link of a node that leads to this child, or 0. */
static unsigned link_to(const struct node *node, uint64_t child)
{
	return node->words[RIGHT] == child ? RIGHT : node->words[LEFT] == child ? LEFT : 0;
}

/* How many of a node's children say that it is their parent; -1 when one says something else. */
static int sound_children(struct kernel *kernel, const struct node *node)
{
	struct node child;
	int sound = 0;

	for (unsigned link = RIGHT; link <= LEFT; link++) {
		if (!node->words[link])
			continue;
		if (!read_node(kernel, node->words[link], &child) ||
		    parent_of(&child) != node->address)
			return -1;
		sound++;
	}
	return sound;
}

static int only_bit(uint64_t a, uint64_t b)
{
	uint64_t differ = a ^ b;

	return differ && !(differ & (differ - 1)) ? __builtin_ctzll(differ) : -1;
}

static bool has_parent(struct kernel *kernel, const struct node *node)
{
	struct node parent;

	return read_node(kernel, parent_of(node), &parent) && link_to(&parent, node->address);
}

static bool wrong_word(struct kernel *kernel, struct broken_list *tree, const struct node *node,
		       unsigned link, uint64_t good)
{
	struct node found;

	tree->tree = true;
	tree->at = node->address + 8 * link;
	tree->link = 8 * link;
	tree->found = node->words[link];
	tree->good = good;
	tree->bit = only_bit(tree->found, good);
	tree->listed =
		read_node(kernel, tree->found & ~COLOUR, &found) && has_parent(kernel, &found);
	return tree->bit >= 0;
}

/* The child that says it belongs here and is not linked to, one bit from what leads there. */
static bool is_child_astray(struct kernel *kernel, const struct node *node, unsigned link,
			    struct broken_list *ret)
{
	struct node child;

	for (unsigned bit = 3; bit < 64; bit++) {
		uint64_t other = node->words[link] ^ 1ull << bit;

		if (!read_node(kernel, other, &child) || parent_of(&child) != node->address ||
		    link_to(node, other))
			continue;
		ret->before = node->address;
		ret->after = other;
		/* that its own children are whole makes it surer, but more than one word may be wrong */
		ret->sound += 1 + (unsigned)MAX(sound_children(kernel, &child), 0);
		return wrong_word(kernel, ret, node, link, other);
	}
	return false;
}

/* A child whose own children know it, and whose parent is one bit from who leads to it. */
static bool is_parent_astray(struct kernel *kernel, const struct node *node,
			     const struct node *child, struct broken_list *ret)
{
	if (only_bit(parent_of(child), node->address) < 0 || sound_children(kernel, child) < 1)
		return false;
	ret->before = child->address;
	ret->after = node->address;
	ret->sound += 1 + (unsigned)sound_children(kernel, child);
	return wrong_word(kernel, ret, child, PARENT,
			  node->address | (child->words[PARENT] & COLOUR));
}

/* Up to the root; one parent on the way may not know its child, for there may be the break. */
static bool climb(struct kernel *kernel, struct node *node, struct broken_list *tree)
{
	struct node parent;
	unsigned strange = 0;

	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		if (!parent_of(node))
			return true;
		if (!read_node(kernel, parent_of(node), &parent))
			return false;
		bool known = link_to(&parent, node->address);
		strange += !known;
		if (strange > 1)
			return false;
		tree->sound += known;
		*node = parent;
	}
	return false;
}

/* Looks at a node's children: true when it is broken here; what is to be gone through next is pushed. */
static bool look_at(struct kernel *kernel, const struct node *node, uint64_t *stack, unsigned *top,
		    struct broken_list *tree)
{
	struct node child;

	for (unsigned link = RIGHT; link <= LEFT; link++) {
		uint64_t address = node->words[link];

		if (!address)
			continue;
		bool reads = read_node(kernel, address, &child);
		if (reads && parent_of(&child) == node->address) {
			tree->sound++;
			if (*top < DEPTH_MAX)
				stack[(*top)++] = address;
		} else if (is_child_astray(kernel, node, link, tree) ||
			   (reads && is_parent_astray(kernel, node, &child, tree)))
			return true;
	}
	return false;
}

#define ENOUGH 3 /* links that are right: chance does not make as many */

bool broken_tree_find(struct kernel *kernel, uint64_t start, unsigned *budget,
		      struct broken_list *ret)
{
	uint64_t stack[DEPTH_MAX];
	unsigned top = 0;
	struct node node;

	*ret = (struct broken_list){.bit = -1};
	if (!read_node(kernel, start, &node) || !climb(kernel, &node, ret))
		return false;
	stack[top++] = node.address;
	while (top && *budget) {
		--*budget;
		if (!read_node(kernel, stack[--top], &node))
			return false;
		if (look_at(kernel, &node, stack, &top, ret))
			return ret->sound >= ENOUGH;
	}
	return false;
}

/* A node on the way down, and the link that led there. */
struct step {
	uint64_t address;
	struct node from;
	unsigned link; /* 0: the root */
};

/* Whether the link to the node is one bit from one that says it belongs there. */
static void tell_astray(struct kernel *kernel, const struct step *step, struct broken_list *ret)
{
	*ret = (struct broken_list){.bit = -1};
	if (!step->link || !is_child_astray(kernel, &step->from, step->link, ret))
		*ret = (struct broken_list){.bit = -1};
}

uint64_t broken_tree_find_child(struct kernel *kernel, uint64_t root, uint64_t value,
				unsigned *budget, struct broken_list *astray)
{
	struct step stack[DEPTH_MAX] = {{.address = root}};
	unsigned top = 1;
	struct node node, child;

	while (top && *budget) {
		struct step step = stack[--top];

		--*budget;
		if (!read_node(kernel, step.address, &node))
			continue;
		for (unsigned link = RIGHT; link <= LEFT; link++) {
			if (node.words[link] == value) {
				tell_astray(kernel, &step, astray);
				return node.address + 8 * link;
			}
			/* one that is overwritten leads on to nothing, and is looked at all the same */
			if (top < DEPTH_MAX && read_node(kernel, node.words[link], &child))
				stack[top++] = (struct step){child.address, node, link};
		}
	}
	return 0;
}

bool broken_tree_find_stray(struct kernel *kernel, uint64_t stray, struct broken_list *ret)
{
	struct broken_list weak = {0};
	struct node there;

	if (!read_node(kernel, stray, &there))
		return false;
	for (unsigned bit = 3; bit < 64; bit++) {
		struct node node, parent;

		if (!read_node(kernel, stray ^ 1ull << bit, &node) || !parent_of(&node) ||
		    !read_node(kernel, parent_of(&node), &parent) || !link_to(&parent, stray) ||
		    link_to(&parent, node.address) || parent_of(&there) == parent.address)
			continue;
		*ret = (struct broken_list){
			.before = parent.address, .after = node.address, .bit = -1, .sound = 2};
		if (!wrong_word(kernel, ret, &parent, link_to(&parent, stray), node.address))
			continue;
		if (sound_children(kernel, &node) >= 0 && has_parent(kernel, &parent))
			return true;
		weak = *ret;
		weak.weak = true;
	}
	*ret = weak;
	return weak.weak;
}

#define STEPS_MAX 4 /* each leads two ways */

static bool leads(struct kernel *kernel, uint64_t address, uint64_t bad, uint64_t reach,
		  unsigned steps)
{
	struct node node;

	if (bad - address + reach <= 2 * reach)
		return true;
	return steps && read_node(kernel, address, &node) &&
	       (leads(kernel, node.words[LEFT], bad, reach, steps - 1) ||
		leads(kernel, node.words[RIGHT], bad, reach, steps - 1));
}

bool broken_tree_leads_to(struct kernel *kernel, const struct broken_list *tree, uint64_t bad,
			  uint64_t reach, unsigned *ret)
{
	for (*ret = 0; *ret <= STEPS_MAX; ++*ret)
		if (leads(kernel, tree->found & ~COLOUR, bad, reach, *ret))
			return true;
	return false;
}
