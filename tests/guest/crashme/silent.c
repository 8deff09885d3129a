// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A CPU that answers nobody, and others that wait for it: what they wait in is where the machine is
 * found to hang, what the silent one runs is why.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/vmalloc.h>

#include "crashme.h"

static bool is_silent;

static crash_fn void crashme_irqs_off(void)
{
	local_irq_disable();
	for (;;) {
		WRITE_ONCE(is_silent, true);
		cpu_relax();
	}
}

static int be_silent(void *unused)
{
	crashme_irqs_off();
	return 0;
}

/* The last CPU goes silent; the caller has moved to the first. */
static int silence_cpu(void)
{
	int cpu = num_online_cpus() - 1;
	struct task_struct *task = kthread_create(be_silent, NULL, "crashme_silent");

	set_cpus_allowed_ptr(current, cpumask_of(0));
	kthread_bind(task, cpu);
	truth("cause=lockup");
	truth("culprit=CPU %d", cpu);
	truth("culprit=crashme_irqs_off");
	truth("culprit=crashme_silent/%d", task->pid);
	wake_up_process(task);
	while (!READ_ONCE(is_silent))
		msleep(10);
	return cpu;
}

static void answer(void *unused)
{
}

static crash_fn void crashme_ask(int cpu)
{
	smp_call_function_single(cpu, answer, NULL, 1);
	barrier();
}

static void csd_wait(void)
{
	int cpu = silence_cpu();

	truth("kind=soft_lockup");
	crashme_ask(cpu);
}

/* Pages leave the kernel's own page tables: every CPU has to forget them. */
static crash_fn void crashme_unmap(void *area)
{
	vfree(area);
	vm_unmap_aliases();
}

static void tlb_wait(void)
{
	void *area = vmalloc(PAGE_SIZE);

	silence_cpu();
	truth("kind=soft_lockup");
	crashme_unmap(area);
}

static int stopped(void *unused)
{
	return 0;
}

static crash_fn void crashme_stop_all(void)
{
	stop_machine(stopped, NULL, NULL);
	barrier();
}

/* Each CPU that has stopped spins until all have. */
static void stop_wait(void)
{
	silence_cpu();
	truth("culprit=crashme_stop_all");
	truth("kind=soft_lockup");
	crashme_stop_all();
}

static void rcu_wait(void)
{
	silence_cpu();
	truth("kind=rcu_stall");
}

/* Somebody presses the NMI button of a machine with a silent CPU. */
static void nmi_wait(void)
{
	silence_cpu();
	truth("kind=nmi");
}

/* A breakpoint nobody set: its registers have to be those at it. */
static crash_fn void crashme_breakpoint(void)
{
	asm volatile("movabs $0x1234567890abcdef, %%rax; int3; nop" ::: "rax");
}

static void int3(void)
{
	truth_here("int3", "crashme_breakpoint");
	truth("module=crashme");
	truth("register=rax:0x1234567890abcdef");
	crashme_breakpoint();
}

const struct crash silent_crashes[] = {{"csd_wait", csd_wait},
				       {"tlb_wait", tlb_wait},
				       {"stop_wait", stop_wait},
				       {"rcu_wait", rcu_wait},
				       {"nmi_wait", nmi_wait},
				       {"int3", int3},
				       {}};
