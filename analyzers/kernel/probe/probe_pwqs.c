/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is between work queues and their pools. */
#include "kernel/probe/probe_pwqs.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_find.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define QUEUES_MAX 64u /* enough witnesses */
#define QUEUES_MIN 4u
#define QUEUE_BYTES 512u
#define PWQ_BYTES 512u
#define QUEUE_AT 8u /* pool_workqueue: pool, wq, since 112202d9098a v3.9 */

struct queues {
	struct kernel *kernel;
	uint64_t list[QUEUES_MAX];
	uint64_t nodes[QUEUES_MAX]; /* the first pool_workqueue's */
	uint8_t bytes[QUEUES_MAX][QUEUE_BYTES];
	size_t count;
};

static void read_queues(struct queues *queues, uint64_t head, uint64_t list, uint64_t pwqs)
{
	struct memory *memory = queues->kernel->memory;
	uint64_t node = head;

	while (queues->count < QUEUES_MAX && err_ok(memory_read_u64(memory, node, &node)) &&
	       node != head && memory_is_kernel(memory, node)) {
		uint8_t *bytes = queues->bytes[queues->count];

		if (!memory_read_there(memory, node - list, bytes, QUEUE_BYTES))
			return;
		queues->list[queues->count] = node - list;
		queues->nodes[queues->count++] = load_u64(bytes + pwqs);
	}
}

static bool leads_back(const struct queues *queues, uint64_t node_at)
{
	struct memory *memory = queues->kernel->memory;

	for (size_t i = 0; i < queues->count; i++) {
		uint64_t pwq = queues->nodes[i] - node_at, words[2];

		if (!memory_is_kernel(memory, pwq) ||
		    !err_ok(memory_read(memory, pwq, words, sizeof(words))) ||
		    !memory_is_kernel(memory, words[0]) || words[1] != queues->list[i])
			return false;
	}
	return queues->count >= QUEUES_MIN;
}

static struct err *add_pwq(const struct queues *queues, struct type_provider *types)
{
	uint64_t at = 0;
	unsigned found = 0;

	for (uint64_t i = 16; i < PWQ_BYTES; i += 8)
		if (leads_back(queues, i)) {
			at = i;
			found++;
		}
	if (found != 1)
		return NULL;
	TRY(probed_witness(types, "pool_workqueue", "pwqs_node", at, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "pool_workqueue", "pool", 0, PROBED_POINTER));
	return probed_witness(types, "pool_workqueue", "wq", QUEUE_AT, PROBED_POINTER);
}

/* A list of nobody, or one whose first node leads back. */
static bool is_list(const struct queues *queues, size_t i, size_t at)
{
	uint64_t head = queues->list[i] + at, next = load_u64(queues->bytes[i] + at), back;

	return next == head ||
	       (memory_is_kernel(queues->kernel->memory, next) &&
		err_ok(memory_read_u64(queues->kernel->memory, next + 8, &back)) && back == head);
}

/* first_flusher, flusher_queue, flusher_overflow: who is first has left its own node out of the lists. */
static bool are_flushers(const struct queues *queues, size_t at)
{
	size_t idle = 0;

	for (size_t i = 0; i < queues->count; i++) {
		uint64_t first = load_u64(queues->bytes[i] + at);

		if ((first && (first % 8 || !memory_is_kernel(queues->kernel->memory, first))) ||
		    !is_list(queues, i, at + 8) || !is_list(queues, i, at + 24))
			return false;
		idle += !first;
	}
	return queues->count >= QUEUES_MIN && idle * 2 > queues->count;
}

static struct err *add_flushers(const struct queues *queues, uint64_t from,
				struct type_provider *types)
{
	uint64_t at = 0;
	unsigned found = 0;

	for (uint64_t i = from; i + 40 <= QUEUE_BYTES; i += 8)
		if (are_flushers(queues, i)) {
			at = i;
			found++;
		}
	if (found != 1)
		return NULL;
	TRY(probed_witness(types, "workqueue_struct", "first_flusher", at, PROBED_POINTER));
	TRY(probed_witness(types, "workqueue_struct", "flusher_queue", at + 8,
			   PROBED_STRUCT("list_head")));
	return probed_witness(types, "workqueue_struct", "flusher_overflow", at + 24,
			      PROBED_STRUCT("list_head"));
}

struct err *probe_pwqs(struct kernel *kernel, struct type_provider *types)
{
	struct queues queues = {.kernel = kernel};
	uint64_t head, list, pwqs;

	if (!symbols_find(kernel->symbols, "workqueues", &head) ||
	    !probe_find(types, "workqueue_struct", "list", &list) ||
	    !probe_find(types, "workqueue_struct", "pwqs", &pwqs) || pwqs + 8 > QUEUE_BYTES)
		return NULL;
	read_queues(&queues, head, list, pwqs);
	TRY(add_pwq(&queues, types));
	return add_flushers(&queues, MAX(list, pwqs) + 16, types);
}
