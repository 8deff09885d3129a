// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks that wait for one another: deadlocks, and hangs that are none.
 *
 * Actors are kernel threads started one at a time: the next starts when the last one sleeps, so that
 * the order of the waiters is known. Truth: "lock=address:kind", "holder=lock:pid:mode",
 * "waiter=lock:pid:mode" in the order of the queue, "edge=from:to", and "cycle=pid,pid": all of them
 * are in one cycle. "name=lock:what people call it" (its beginning). "dead=lock:comm/pid": who its holder
 * was, when it lived.
 */
#include <linux/anon_inodes.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <asm/cpufeature.h>

#include "crashme.h"

static DEFINE_MUTEX(crashme_mutex_a);
static DEFINE_MUTEX(crashme_mutex_b);
static DECLARE_RWSEM(crashme_rwsem);
static DEFINE_RAW_SPINLOCK(crashme_spinlock);
static DECLARE_COMPLETION(crashme_go); /* the first holds what it holds: go on */
static DECLARE_COMPLETION(crashme_never);

static void truth_lock(const void *lock, const char *kind)
{
	truth("lock=0x%px:%s", lock, kind);
}

static void truth_holder(const void *lock, int pid, const char *mode)
{
	truth("holder=0x%px:%d:%s", lock, pid, mode);
}

static void truth_waiter(const void *lock, int pid, const char *mode)
{
	truth("waiter=0x%px:%d:%s", lock, pid, mode);
}

static void truth_edge(int from, int to)
{
	truth("edge=%d:%d", from, to);
}

/* Starts an actor and returns when it sleeps; it never ends, so its task stays. */
static struct task_struct *start(int (*play)(void *), const char *name)
{
	struct task_struct *task = kthread_run(play, NULL, "%s", name);
	int tries;

	for (tries = 0; tries < 2000; tries++) {
		msleep(2);
		if (task_state_to_char(task) == 'D')
			break;
	}
	return task;
}

static crash_fn void crashme_take_mutex(struct mutex *mutex)
{
	mutex_lock(mutex);
	barrier();
}

static crash_fn void crashme_take_read(struct rw_semaphore *sem)
{
	down_read(sem);
	barrier();
}

static crash_fn void crashme_take_write(struct rw_semaphore *sem)
{
	down_write(sem);
	barrier();
}

static crash_fn void crashme_wait_done(struct completion *done)
{
	wait_for_completion(done);
	barrier();
}

/* Two tasks, two mutexes, taken in opposite order. */

static int abba_first(void *unused)
{
	mutex_lock(&crashme_mutex_a);
	crashme_wait_done(&crashme_go);
	crashme_take_mutex(&crashme_mutex_b);
	return 0;
}

static int abba_second(void *unused)
{
	mutex_lock(&crashme_mutex_b);
	complete(&crashme_go);
	crashme_take_mutex(&crashme_mutex_a);
	return 0;
}

static void mutex_abba(void)
{
	int first = start(abba_first, "crashme_first")->pid;
	int second = start(abba_second, "crashme_second")->pid;

	truth("cause=deadlock");
	truth_lock(&crashme_mutex_a, "mutex");
	truth_holder(&crashme_mutex_a, first, "exclusive");
	truth_waiter(&crashme_mutex_a, second, "exclusive");
	truth_lock(&crashme_mutex_b, "mutex");
	truth_holder(&crashme_mutex_b, second, "exclusive");
	truth_waiter(&crashme_mutex_b, first, "exclusive");
	truth_edge(first, second);
	truth_edge(second, first);
	truth("cycle=%d,%d", first, second);
}

/* A writer of a semaphore wants a mutex whose holder wants to read. */

static int writer_wants_mutex(void *unused)
{
	down_write(&crashme_rwsem);
	crashme_wait_done(&crashme_go);
	crashme_take_mutex(&crashme_mutex_a);
	return 0;
}

static int mutex_wants_read(void *unused)
{
	mutex_lock(&crashme_mutex_a);
	complete(&crashme_go);
	crashme_take_read(&crashme_rwsem);
	return 0;
}

static int just_read(void *unused)
{
	crashme_take_read(&crashme_rwsem);
	return 0;
}

static int just_write(void *unused)
{
	crashme_take_write(&crashme_rwsem);
	return 0;
}

static void rwsem_mutex(void)
{
	int writer = start(writer_wants_mutex, "crashme_writer")->pid;
	int owner = start(mutex_wants_read, "crashme_owner")->pid;
	int victim = start(just_write, "crashme_victim")->pid;

	truth("cause=deadlock");
	truth_lock(&crashme_rwsem, "rwsem");
	truth_holder(&crashme_rwsem, writer, "write");
	truth_waiter(&crashme_rwsem, owner, "read");
	truth_waiter(&crashme_rwsem, victim, "write");
	truth_lock(&crashme_mutex_a, "mutex");
	truth_holder(&crashme_mutex_a, owner, "exclusive");
	truth_waiter(&crashme_mutex_a, writer, "exclusive");
	truth_edge(writer, owner);
	truth_edge(owner, writer);
	truth("cycle=%d,%d", writer, owner);
}

/* Three tasks in a ring: mutex, semaphore, mutex. */

static int ring_first(void *unused)
{
	mutex_lock(&crashme_mutex_a);
	crashme_wait_done(&crashme_go);
	crashme_take_mutex(&crashme_mutex_b);
	return 0;
}

static int ring_second(void *unused)
{
	mutex_lock(&crashme_mutex_b);
	crashme_wait_done(&crashme_go);
	crashme_take_write(&crashme_rwsem);
	return 0;
}

static int ring_third(void *unused)
{
	down_write(&crashme_rwsem);
	complete_all(&crashme_go);
	crashme_take_mutex(&crashme_mutex_a);
	return 0;
}

static void three_way(void)
{
	int first = start(ring_first, "crashme_first")->pid;
	int second = start(ring_second, "crashme_second")->pid;
	int third = start(ring_third, "crashme_third")->pid;

	msleep(200); /* completing woke the first two: let them get stuck */
	truth("cause=deadlock");
	truth_lock(&crashme_mutex_a, "mutex");
	truth_holder(&crashme_mutex_a, first, "exclusive");
	truth_waiter(&crashme_mutex_a, third, "exclusive");
	truth_lock(&crashme_mutex_b, "mutex");
	truth_holder(&crashme_mutex_b, second, "exclusive");
	truth_waiter(&crashme_mutex_b, first, "exclusive");
	truth_lock(&crashme_rwsem, "rwsem");
	truth_holder(&crashme_rwsem, third, "write");
	truth_waiter(&crashme_rwsem, second, "write");
	truth_edge(first, second);
	truth_edge(second, third);
	truth_edge(third, first);
	truth("cycle=%d,%d,%d", first, second, third);
}

/* A reader waits for a work item; the work item reads too, but queues behind a writer. */

static int work_pid;

static crash_fn void crashme_work(struct work_struct *work)
{
	work_pid = current->pid;
	crashme_take_read(&crashme_rwsem);
	up_read(&crashme_rwsem);
}

static DECLARE_WORK(work_item, crashme_work);

static int reader_wants_work(void *unused)
{
	down_read(&crashme_rwsem);
	crashme_wait_done(&crashme_go);
	schedule_work(&work_item);
	flush_work(&work_item);
	up_read(&crashme_rwsem);
	return 0;
}

static void rwsem_workitem(void)
{
	int reader = start(reader_wants_work, "crashme_reader")->pid;
	int writer = start(just_write, "crashme_writer")->pid;
	int behind;

	complete(&crashme_go);
	msleep(500);
	behind = start(just_read, "crashme_behind")->pid;
	truth("cause=deadlock");
	truth_lock(&crashme_rwsem, "rwsem");
	truth_holder(&crashme_rwsem, reader, "read");
	truth_waiter(&crashme_rwsem, writer, "write");
	truth_waiter(&crashme_rwsem, work_pid, "read");
	truth_waiter(&crashme_rwsem, behind, "read");
	truth_edge(reader, work_pid);
	truth_edge(writer, reader);
	truth("cycle=%d,%d", reader, work_pid);
}

/* No deadlock: one waits for what never comes, and three wait for it. */

static int holder_waits(void *unused)
{
	mutex_lock(&crashme_mutex_a);
	crashme_wait_done(&crashme_never);
	return 0;
}

static int wants_mutex(void *unused)
{
	crashme_take_mutex(&crashme_mutex_a);
	return 0;
}

static void completion_hang(void)
{
	int holder = start(holder_waits, "crashme_holder")->pid;
	int i, victim;

	truth("cause=hang");
	truth("root=%d", holder);
	truth_lock(&crashme_mutex_a, "mutex");
	truth_holder(&crashme_mutex_a, holder, "exclusive");
	for (i = 0; i < 3; i++) {
		victim = start(wants_mutex, "crashme_victim")->pid;
		truth_waiter(&crashme_mutex_a, victim, "exclusive");
		truth_edge(victim, holder);
	}
	truth_lock(&crashme_never, "completion");
	truth_waiter(&crashme_never, holder, "exclusive");
}

/* Locks that are no variables: in an allocated object, and an inode's. */

struct crashme_object {
	long before[9];
	struct rw_semaphore sem;
};

static struct crashme_object *crashme_object;
static struct inode *crashme_inode;
static const struct file_operations crashme_file_ops;

static void truth_name(const void *lock, const char *name)
{
	truth("name=0x%px:%s", lock, name);
}

static int reads_object(void *unused)
{
	down_read(&crashme_object->sem);
	crashme_wait_done(&crashme_never);
	up_read(&crashme_object->sem);
	return 0;
}

static int writes_object(void *unused)
{
	crashme_take_write(&crashme_object->sem);
	return 0;
}

static int holds_inode(void *unused)
{
	inode_lock(crashme_inode);
	crashme_wait_done(&crashme_never);
	return 0;
}

static int wants_inode(void *unused)
{
	crashme_take_write(&crashme_inode->i_rwsem);
	return 0;
}

static void lock_in_object(void)
{
	struct file *file = anon_inode_getfile("crashme", &crashme_file_ops, NULL, O_RDWR);
	char name[64];
	int holder;

	crashme_object = kzalloc(sizeof(*crashme_object), GFP_KERNEL);
	if (IS_ERR(file) || !crashme_object)
		return;
	init_rwsem(&crashme_object->sem);
	crashme_inode = file_inode(file);
	truth("cause=hang");
	truth_lock(&crashme_object->sem, "rwsem");
	truth_name(&crashme_object->sem, "rwsem in kmalloc-");
	holder = start(reads_object, "crashme_reader")->pid;
	truth_holder(&crashme_object->sem, holder, "read");
	truth_waiter(&crashme_object->sem, start(writes_object, "crashme_writer")->pid, "write");
	snprintf(name, sizeof(name), "i_rwsem of inode %lu on anon_inodefs",
		 (unsigned long)crashme_inode->i_ino);
	truth_lock(&crashme_inode->i_rwsem, "rwsem");
	truth_name(&crashme_inode->i_rwsem, name);
	holder = start(holds_inode, "crashme_inoded")->pid;
	truth_holder(&crashme_inode->i_rwsem, holder, "write");
	truth_waiter(&crashme_inode->i_rwsem, start(wants_inode, "crashme_victim")->pid, "write");
}

/* A crowd behind one writer. */

static int holder_of_rwsem(void *unused)
{
	down_write(&crashme_rwsem);
	crashme_wait_done(&crashme_never);
	return 0;
}

static void crowd(int size)
{
	int holder = start(holder_of_rwsem, "crashme_holder")->pid;
	int i;

	for (i = 0; i < size; i++)
		kthread_run(i % 2 ? just_write : just_read, NULL, "crashme_crowd");
	msleep(5000);
	truth("cause=hang");
	truth("root=%d", holder);
	truth_lock(&crashme_rwsem, "rwsem");
	truth_holder(&crashme_rwsem, holder, "write");
	truth("waiters=0x%px:%d", &crashme_rwsem, size);
}

static void rwsem_crowd(void)
{
	crowd(2000);
}

static void rwsem_throng(void)
{
	crowd(20000);
}

/* A spinlock never let go; CPU 1 to 3 come to wait in this order. */

static crash_fn void crashme_hold_spinlock(void)
{
	raw_spin_lock(&crashme_spinlock);
	for (;;)
		cpu_relax();
}

static crash_fn void crashme_want_spinlock(void)
{
	raw_spin_lock(&crashme_spinlock);
	raw_spin_unlock(&crashme_spinlock);
}

static int hold_spinlock(void *unused)
{
	crashme_hold_spinlock();
	return 0;
}

static int want_spinlock(void *unused)
{
	crashme_want_spinlock();
	return 0;
}

/* The generic ticket lock, in a kernel built so (ticket-kernel). */
#define SPINLOCK_KIND (IS_ENABLED(CONFIG_QUEUED_SPINLOCKS) ? "qspinlock" : "ticket_spinlock")

static u32 lock_word(void)
{
	return READ_ONCE(*(u32 *)&crashme_spinlock.raw_lock);
}

static void spin_held(void)
{
	struct task_struct *spinner[4];
	int cpu, tries;
	u32 word;

	/* Under a hypervisor it does not know, a kernel falls back to test-and-set: no queue. */
	if (IS_ENABLED(CONFIG_QUEUED_SPINLOCKS) && boot_cpu_has(X86_FEATURE_HYPERVISOR))
		truth("unordered=1");
	truth("kind=soft_lockup");
	truth("cause=lockup");
	truth_lock(&crashme_spinlock.raw_lock, SPINLOCK_KIND);
	for (cpu = 0; cpu < 4; cpu++) {
		spinner[cpu] = kthread_create(cpu ? want_spinlock : hold_spinlock, NULL,
					      "crashme_spin/%d", cpu);
		kthread_bind(spinner[cpu], cpu);
	}
	truth_holder(&crashme_spinlock.raw_lock, spinner[0]->pid, "exclusive");
	for (cpu = 1; cpu < 4; cpu++)
		truth_waiter(&crashme_spinlock.raw_lock, spinner[cpu]->pid, "exclusive");
	/* From the CPU that is taken last: it is not ours any more then. */
	set_cpus_allowed_ptr(current, cpumask_of(3));
	for (cpu = 0; cpu < 4; cpu++) {
		word = lock_word();
		wake_up_process(spinner[cpu]);
		for (tries = 0; tries < 50 && lock_word() == word; tries++)
			mdelay(10);
	}
}

/*
 * mmap_lock, with the threads program: one faults on our mapping (holds mmap_lock, wants the mutex),
 * one writes here (holds the mutex, wants mmap_lock), one calls mprotect() in between.
 */

static crash_fn vm_fault_t crashme_fault(struct vm_fault *vmf)
{
	const void *lock = &vmf->vma->vm_mm->mmap_lock;
	int owner = READ_ONCE(work_pid);

	truth_holder(lock, current->pid, "read");
	truth_waiter(&crashme_mutex_a, current->pid, "exclusive");
	truth_edge(current->pid, owner);
	truth("cycle=%d,%d", current->pid, owner);
	crashme_take_mutex(&crashme_mutex_a);
	return VM_FAULT_SIGBUS;
}

const struct vm_operations_struct crashme_vm_ops = {.fault = crashme_fault};

static crash_fn void crashme_read_mm(struct mm_struct *mm)
{
	mmap_read_lock(mm);
	barrier();
}

static void mmap_lock(void)
{
	struct mm_struct *mm = current->mm;

	mutex_lock(&crashme_mutex_a);
	work_pid = current->pid;
	truth("cause=deadlock");
	truth("mmap_lock=0x%px", &mm->mmap_lock);
	truth_lock(&mm->mmap_lock, "rwsem");
	truth_lock(&crashme_mutex_a, "mutex");
	truth_holder(&crashme_mutex_a, current->pid, "exclusive");
	while (!rwsem_is_contended(&mm->mmap_lock))
		msleep(10);
	truth_waiter(&mm->mmap_lock, current->pid, "read");
	crashme_read_mm(mm);
}

/* A task that ends with a lock in hand, of an oops or by itself: others wait for the dead. */

#define VICTIMS 3

static void dead_holder(struct task_struct *task, const void *lock, const char *kind,
			int (*victim)(void *), const char *mode)
{
	int i;

	truth_lock(lock, kind);
	truth("culprit=%s/%d", task->comm, task->pid);
	truth("culprit=%d tasks wait", VICTIMS);
	truth("dead=0x%px:%s/%d", lock, task->comm, task->pid);
	wake_up_process(task);
	msleep(1000);
	for (i = 0; i < VICTIMS; i++)
		truth_waiter(lock, start(victim, "crashme_victim")->pid, mode);
}

static int *volatile crashme_nowhere;

static crash_fn int crashme_oops_holding(void *unused)
{
	mutex_lock(&crashme_mutex_a);
	*crashme_nowhere = 1;
	mutex_unlock(&crashme_mutex_a);
	return 0;
}

static void owner_oopsed(void)
{
	truth("cause=null_dereference");
	truth("culprit=crashme_oops_holding");
	truth("culprit=crashme_mutex_a");
	/* Its task_struct is free then, and may well be the next task's. */
	dead_holder(kthread_create(crashme_oops_holding, NULL, "crashme_dies"), &crashme_mutex_a,
		    "mutex", wants_mutex, "exclusive");
}

static crash_fn int crashme_leave_holding(void *unused)
{
	down_write(&crashme_rwsem);
	return 0;
}

static void owner_left(void)
{
	struct task_struct *task = kthread_create(crashme_leave_holding, NULL, "crashme_leaves");

	truth("cause=hang");
	truth("culprit=crashme_rwsem");
	get_task_struct(
		task); /* somebody still has it, a pidfd say: the memory is not used again */
	dead_holder(task, &crashme_rwsem, "rwsem", just_read, "read");
}

/* It ends without a word, and its memory becomes that of a task that has nothing to do with it. */

#define NEXT_TASKS 64

static crash_fn int crashme_forget_mutex(void *unused)
{
	mutex_lock(&crashme_mutex_a);
	return 0;
}

static crash_fn int crashme_mind_own_business(void *unused)
{
	for (;;)
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static void owner_reused(void)
{
	struct task_struct *task = kthread_create(crashme_forget_mutex, NULL, "crashme_forgets");
	struct task_struct *next = NULL;
	void *memory = task;
	int i;

	truth("cause=hang");
	truth("culprit=crashme_mutex_a");
	truth("culprit=ended");
	truth("culprit=%d tasks wait", VICTIMS);
	truth("innocent=crashme_next");
	truth_lock(&crashme_mutex_a, "mutex");
	wake_up_process(task);
	msleep(200);
	for (i = 0; i < VICTIMS; i++)
		truth_waiter(&crashme_mutex_a, start(wants_mutex, "crashme_victim")->pid,
			     "exclusive");
	for (i = 0; i < NEXT_TASKS && next != memory; i++) {
		msleep(20);
		next = kthread_run(crashme_mind_own_business, NULL, "crashme_next/%d", i);
	}
	truth("reused=%d", next == memory);
	msleep(500);
}

/* Two deadlocks that have nothing to do with each other. */

static DEFINE_MUTEX(crashme_mutex_c);
static DEFINE_MUTEX(crashme_mutex_d);

static int second_first(void *unused)
{
	mutex_lock(&crashme_mutex_c);
	msleep(200);
	crashme_take_mutex(&crashme_mutex_d);
	return 0;
}

static int second_second(void *unused)
{
	mutex_lock(&crashme_mutex_d);
	msleep(400);
	crashme_take_mutex(&crashme_mutex_c);
	return 0;
}

static void two_deadlocks(void)
{
	struct task_struct *one, *other;

	mutex_abba();
	one = kthread_run(second_first, NULL, "crashme_third");
	other = kthread_run(second_second, NULL, "crashme_fourth");
	msleep(1000);
	truth_lock(&crashme_mutex_c, "mutex");
	truth_holder(&crashme_mutex_c, one->pid, "exclusive");
	truth_waiter(&crashme_mutex_c, other->pid, "exclusive");
	truth_lock(&crashme_mutex_d, "mutex");
	truth_holder(&crashme_mutex_d, other->pid, "exclusive");
	truth_waiter(&crashme_mutex_d, one->pid, "exclusive");
	truth("cycle=%d,%d", one->pid, other->pid);
	truth("culprit=2 deadlocks");
	truth("culprit=crashme_mutex_a");
	truth("culprit=crashme_mutex_c");
}

/* A reader that never leaves; a writer waits for it to, and has shut the others out. */

DEFINE_STATIC_PERCPU_RWSEM(crashme_percpu_rwsem);

static crash_fn int crashme_stay_inside(void *unused)
{
	percpu_down_read(&crashme_percpu_rwsem);
	crashme_wait_done(&crashme_never);
	percpu_up_read(&crashme_percpu_rwsem);
	return 0;
}

static crash_fn int crashme_drain(void *unused)
{
	percpu_down_write(&crashme_percpu_rwsem);
	percpu_up_write(&crashme_percpu_rwsem);
	return 0;
}

static crash_fn int crashme_come_late(void *unused)
{
	percpu_down_read(&crashme_percpu_rwsem);
	percpu_up_read(&crashme_percpu_rwsem);
	return 0;
}

static void percpu_reader(void)
{
	int reader = start(crashme_stay_inside, "crashme_inside")->pid;
	int writer = start(crashme_drain, "crashme_drains")->pid;
	int i, late;

	/* At first it waits for RCU. */
	while (!atomic_read(&crashme_percpu_rwsem.block))
		msleep(10);
	truth("cause=hang");
	truth_lock(&crashme_percpu_rwsem, "percpu_rwsem");
	truth_holder(&crashme_percpu_rwsem, reader, "read");
	truth_waiter(&crashme_percpu_rwsem, writer, "write");
	truth_edge(writer, reader);
	for (i = 0; i < 2; i++) {
		late = start(crashme_come_late, "crashme_late")->pid;
		truth_waiter(&crashme_percpu_rwsem, late, "read");
		truth_edge(late, writer);
	}
	truth("root=%d", reader);
	truth("culprit=crashme_percpu_rwsem");
	truth("culprit=crashme_inside/%d", reader);
}

/* A task reads its mmap_lock, waits till a writer queues, and faults: it waits for itself. */

static crash_fn void crashme_touch(const char __user *from)
{
	char byte;

	if (copy_from_user(&byte, from, 1))
		pr_info("crashme: nothing there\n");
}

static void mmap_again(void)
{
	struct mm_struct *mm = current->mm;

	truth("cause=deadlock");
	truth("mmap_lock=0x%px", &mm->mmap_lock);
	truth_lock(&mm->mmap_lock, "rwsem");
	truth_holder(&mm->mmap_lock, current->pid, "read");
	mmap_read_lock(mm);
	while (!rwsem_is_contended(&mm->mmap_lock))
		msleep(10);
#ifndef CONFIG_PREEMPT_RT
	/*
	 * RWSEM_NONSPINNABLE, as a writer sets it that has spun for long: until 5.10 readers that spin
	 * overtake it.
	 */
	atomic_long_or(2, &mm->mmap_lock.owner);
#endif
	truth_waiter(&mm->mmap_lock, current->pid, "read");
	truth("cycle=%d", current->pid);
	truth("culprit=threads/%d", current->pid);
	truth("culprit=mmap_lock");
	crashme_touch((const char __user *)PAGE_SIZE);
	mmap_read_unlock(mm);
}

const struct crash lock_crashes[] = {{"mutex_abba", mutex_abba},
				     {"rwsem_mutex", rwsem_mutex},
				     {"three_way", three_way},
				     {"rwsem_workitem", rwsem_workitem},
				     {"completion_hang", completion_hang},
				     {"lock_in_object", lock_in_object},
				     {"rwsem_crowd", rwsem_crowd},
				     {"rwsem_throng", rwsem_throng},
				     {"spin_held", spin_held},
				     {"mmap_lock", mmap_lock},
				     {"mmap_again", mmap_again},
				     {"owner_oopsed", owner_oopsed},
				     {"owner_left", owner_left},
				     {"owner_reused", owner_reused},
				     {"two_deadlocks", two_deadlocks},
				     {"percpu_reader", percpu_reader},
				     {}};
