/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work item a kworker runs, by its own account. */
#include "crash/crash_work.h"

#include <string.h>

#include "base/str.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"

/* The worker is the data of its kernel thread, and says which task it is. */
static bool find_worker(struct kernel *kernel, const struct task *task, uint64_t *worker)
{
	uint64_t kthread, back;

	return task && task->kthread &&
	       err_ok(member_read(kernel, task->address, MEMBER_TASK_KTHREAD, &kthread)) &&
	       err_ok(member_read(kernel, kthread, MEMBER_KTHREAD_DATA, worker)) &&
	       err_ok(member_read(kernel, *worker, MEMBER_WORKER_TASK, &back)) &&
	       back == task->address;
}

static void read_name(struct kernel *kernel, uint64_t workqueue, char *name, size_t size)
{
	if (!err_ok(member_read_string(kernel, workqueue, MEMBER_WORKQUEUE_NAME, name, size)) ||
	    !is_printable(name, strlen(name)))
		name[0] = '\0';
}

void crash_work_read(struct kernel *kernel, const struct task *task, struct crash_work *ret)
{
	uint64_t worker, value;
	struct symbol symbol;

	*ret = (struct crash_work){0};
	if (!find_worker(kernel, task, &worker))
		return;
	if (err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_FUNC, &value)) &&
	    symbols_at(kernel->symbols, value, &symbol) && symbol.address == value) {
		copy_string(ret->function, sizeof(ret->function), symbol.name);
		copy_string(ret->module, sizeof(ret->module), symbol.module);
	}
	if (err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_PWQ, &value)) &&
	    err_ok(member_read(kernel, value, MEMBER_PWQ_WQ, &value)))
		read_name(kernel, value, ret->queue, sizeof(ret->queue));
}
