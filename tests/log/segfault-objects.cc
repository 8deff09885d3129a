/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segfaults in a function inlined into another: a list of NULL words, and a NULL node. */
#include <cstring>

namespace lab {
struct node {
	long key;
	int *words;
};

static inline __attribute__((always_inline)) int get(const node &node)
{
	int sum = 0;

	for (int i = 0; i < 10; i++)
		sum += node.words[i * i] * i;
	return sum;
}

struct queue {
	char name[16];
	node first;
	__attribute__((noinline)) int pop() { return get(first) + 1; }
};

__attribute__((noinline)) long key_of(const node *one)
{
	return one->key + 1;
}
} // namespace lab

int main(int count, char **argv)
{
	static lab::queue queue;
	lab::node *none = nullptr;

	asm("" : "+r"(none)); /* what it is, no compiler can tell */
	return count > 1 && !strcmp(argv[1], "node") ? int(lab::key_of(none)) : queue.pop();
}
