/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who disables or frees an interrupt waits until the threads of its handlers have come back (kernel/irq/manage.c:
 * synchronize_irq(), 3aa551c9b4c4 v2.6.30). The descriptor is on his stack, and leads to the threads.
 */
#include "locks/irq_user.h"

#include <string.h>

#include "finding.h"
#include "kernel/kernel.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define IRQ_MAX 65536	/* numbers of interrupts; far above what machines have */
#define ACTIONS_MAX 64	/* handlers that share an interrupt */
#define SEARCH_WORDS 64 /* of the sleeper's stack: synchronize_irq() is among the innermost calls */

/* A thread that waits for its next interrupt is in the state 'S'. */
static bool is_at_work(const struct task *task)
{
	return task && task->kthread && !strncmp(task->comm, "irq/", 4) &&
	       (task->state == 'D' || task->state == 'R');
}

/* The threads of a chain of handlers, each of which has to name the interrupt. False: it is no such chain. */
static bool read_actions(struct kernel *kernel, uint64_t action, struct irq_user *user)
{
	struct type type = types_find_struct(kernel->types, "irqaction");
	uint64_t irq, thread;

	for (unsigned i = 0; action && i < ACTIONS_MAX && user->count < IRQ_THREADS_MAX; i++) {
		if (!memory_is_kernel(kernel->memory, action) ||
		    !err_ok(object_read(kernel, type, action, "irq", &irq)) || irq != user->irq ||
		    !err_ok(object_read(kernel, type, action, "thread", &thread)))
			return false;
		const struct task *task = tasks_find(kernel->tasks, thread);
		if (is_at_work(task))
			user->threads[user->count++] = task;
		if (!err_ok(object_read(kernel, type, action, "next", &action)))
			return false;
	}
	return user->count > 0;
}

static bool read_desc(struct kernel *kernel, struct type type, uint64_t desc, struct irq_user *user)
{
	uint64_t irq, active, action;

	*user = (struct irq_user){.desc = desc};
	if (!memory_is_kernel(kernel->memory, desc) || desc & 7 ||
	    !err_ok(object_read(kernel, type, desc, "irq_data.irq", &irq)) || irq >= IRQ_MAX ||
	    !err_ok(object_read(kernel, type, desc, "threads_active", &active)) || !active ||
	    active > ACTIONS_MAX || !err_ok(object_read(kernel, type, desc, "action", &action)))
		return false;
	user->irq = (uint32_t)irq;
	return read_actions(kernel, action, user);
}

static bool synchronizes(const struct sleeper *sleeper)
{
	return sleeper_call(sleeper, "synchronize_irq") ||
	       sleeper_call(sleeper, "__synchronize_irq");
}

void irq_user_find(struct kernel *kernel, const struct sleeper *sleeper, struct irq_user *ret)
{
	struct type type = types_find_struct(kernel->types, "irq_desc");
	_stack_words_ struct stack_words words = {0};

	*ret = (struct irq_user){0};
	if (type.kind != TYPE_STRUCT || !synchronizes(sleeper))
		return;
	stack_words_init(&words, kernel, sleeper, SEARCH_WORDS);
	while (stack_words_next(&words))
		if (read_desc(kernel, type, words.word, ret))
			return;
	*ret = (struct irq_user){0};
}

void irq_user_add(const struct irq_user *user, struct lock *lock)
{
	for (size_t i = 0; i < user->count; i++)
		lock_add_holder(lock, user->threads[i], MODE_UNKNOWN, EVIDENCE_PROVEN, 1.0,
				"the descriptor of IRQ %u on the waiters' stacks names it as a "
				"handler's thread, and it is at work",
				user->irq);
}
