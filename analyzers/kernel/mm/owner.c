/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who owns an address: the most exact answer that the dump gives. */
#include "kernel/mm/owner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"
#include "kernel/mm/vmap.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/tasks/task_label.h"
#include "kernel/unwind/stacks.h"

const char *owner_kind_name(enum owner_kind kind)
{
	static const char *const names[] = {
		"unknown", "slab", "page",	    "vmalloc", "stack",		"percpu",  "module",
		"image",   "hole", "beyond_memory", "user",    "non_canonical", "vmemmap",
	};

	return names[kind];
}

static bool on_stack(struct kernel *kernel, struct owner *owner)
{
	const struct task *task =
		kernel->tasks ? tasks_by_stack(kernel->tasks, owner->address) : NULL;

	if (!task)
		return false;
	owner->kind = OWNER_STACK;
	owner->task = task;
	owner->start = task->stack;
	owner->size = task->stack_size;
	owner->offset = (int64_t)(owner->address - task->stack);
	return true;
}

/* The stacks for interrupts, exceptions and the entry trampoline. */
static bool on_cpu_stack(struct kernel *kernel, struct owner *owner)
{
	struct stack stack;

	if (!stacks_find(kernel, owner->address, &stack) || stack.kind == STACK_TASK)
		return false;
	owner->kind = OWNER_STACK;
	owner->cpu = stack.cpu;
	owner->start = stack.low;
	owner->size = stack.high - stack.low;
	owner->offset = (int64_t)(owner->address - stack.low);
	copy_string(owner->stack, sizeof(owner->stack),
		    stack.name[0] ? stack.name : stacks_kind_name(stack.kind));
	return true;
}

static bool in_percpu(struct kernel *kernel, struct owner *owner)
{
	struct symbol symbol;
	uint64_t variable;
	unsigned cpu;

	if (!kernel->percpu || !percpu_owner(kernel, owner->address, &cpu, &variable))
		return false;
	owner->kind = OWNER_PERCPU;
	owner->cpu = (int)cpu;
	if (symbols_at_percpu(kernel->symbols, variable, &symbol))
		snprintf(owner->symbol, sizeof(owner->symbol), "%.120s+0x%" PRIx64, symbol.name,
			 variable - symbol.address);
	return true;
}

static void in_image(struct kernel *kernel, struct owner *owner, enum owner_kind kind)
{
	struct symbol symbol;

	owner->kind = kind;
	if (!kernel->symbols || !symbols_at(kernel->symbols, owner->address, &symbol))
		return;
	owner->start = symbol.address;
	owner->size = symbol.size;
	owner->offset = (int64_t)(owner->address - symbol.address);
	snprintf(owner->symbol, sizeof(owner->symbol), "%.120s+0x%" PRIx64, symbol.name,
		 (uint64_t)owner->offset);
	copy_string(owner->module, sizeof(owner->module), symbol.module);
}

/* Per-CPU memory of modules or alloc_percpu(): nothing says which variable it is. */
static bool in_percpu_unit(struct kernel *kernel, struct owner *owner)
{
	unsigned cpu;

	if (!percpu_unit(kernel, owner->address, &cpu, &owner->start))
		return false;
	owner->kind = OWNER_PERCPU;
	owner->cpu = (int)cpu;
	owner->offset = (int64_t)(owner->address - owner->start);
	return true;
}

static bool in_slab(struct kernel *kernel, const struct page_info *page, struct owner *owner)
{
	if (page->use != PAGE_USE_SLAB ||
	    !err_ok(slab_find_on_page(kernel, page, owner->address, &owner->slab)))
		return false;
	owner->kind = OWNER_SLAB;
	owner->start = owner->slab.start;
	owner->size = owner->slab.slab.cache->object_size;
	owner->offset = owner->slab.offset;
	return true;
}

static void in_direct_map(struct kernel *kernel, struct owner *owner)
{
	struct page_info page;
	uint64_t phys;

	if (!memory_virt_to_phys_linear(kernel->memory, owner->address, &phys))
		return;
	_err_ struct err *why = page_of_phys(kernel, phys, &page);
	if (why) {
		copy_string(owner->why, sizeof(owner->why), why->message);
		return;
	}
	if (in_slab(kernel, &page, owner) ||
	    (page.use == PAGE_USE_RESERVED && in_percpu_unit(kernel, owner)))
		return;
	owner->kind = OWNER_PAGE;
	owner->page = page.use;
	owner->start = owner->address & ~(uint64_t)(PAGE_SIZE - 1);
	owner->size = PAGE_SIZE;
	owner->offset = (int64_t)(owner->address - owner->start);
}

static void in_vmalloc(struct kernel *kernel, struct owner *owner)
{
	struct vmap_area area;

	if (!vmap_find(kernel, owner->address, &area)) {
		owner->kind = OWNER_HOLE;
		copy_string(owner->why, sizeof(owner->why),
			    "in the vmalloc region, but in no area of it");
		return;
	}
	owner->kind = OWNER_VMALLOC;
	owner->start = area.start;
	owner->size = area.end - area.start;
	owner->offset = (int64_t)(owner->address - area.start);
	if (area.caller && kernel->symbols)
		symbols_format(kernel->symbols, area.caller, owner->symbol, sizeof(owner->symbol));
}

/* Which page a struct page describes, and what that is used for. */
static void in_vmemmap(struct kernel *kernel, struct owner *owner)
{
	struct page_info page;

	owner->kind = OWNER_VMEMMAP;
	if (!page_of_descriptor(kernel, owner->address, &page)) {
		copy_string(owner->why, sizeof(owner->why), "no memory has its struct page there");
		return;
	}
	owner->page = page.use;
	owner->start = page.page;
	owner->size = page_struct_size(kernel);
	owner->offset = (int64_t)(owner->address - page.page);
}

void owner_find(struct kernel *kernel, uint64_t address, struct owner *ret)
{
	*ret = (struct owner){.address = address, .cpu = -1};
	if (!kernel->memory)
		return;
	if (memory_is_kernel(kernel->memory, address) &&
	    (on_stack(kernel, ret) || on_cpu_stack(kernel, ret) || in_percpu(kernel, ret)))
		return;
	switch (memory_class(kernel->memory, address)) {
	case VA_USER:
		ret->kind = OWNER_USER;
		break;
	case VA_NON_CANONICAL:
		ret->kind = OWNER_NON_CANONICAL;
		break;
	case VA_DIRECT_MAP:
		in_direct_map(kernel, ret);
		break;
	case VA_DIRECT_MAP_BEYOND:
		ret->kind = OWNER_BEYOND;
		break;
	case VA_VMALLOC:
		in_vmalloc(kernel, ret);
		break;
	case VA_VMEMMAP:
		in_vmemmap(kernel, ret);
		break;
	case VA_IMAGE:
		in_image(kernel, ret, OWNER_IMAGE);
		break;
	case VA_MODULE:
		in_image(kernel, ret, OWNER_MODULE);
		break;
	case VA_FIXMAP:
	case VA_CPU_ENTRY:
	case VA_KASAN:
		ret->kind = OWNER_HOLE;
		copy_string(ret->why, sizeof(ret->why),
			    regions_class_name(memory_class(kernel->memory, address)));
		break;
	default:
		ret->kind = OWNER_HOLE;
		if (memory_is_kernel(kernel->memory, address) &&
		    address < memory_page_offset(kernel->memory))
			copy_string(ret->why, sizeof(ret->why),
				    "no region of the kernel: below the direct map");
	}
}

void owner_find_frame(struct kernel *kernel, struct owner *owner)
{
	struct symbol symbol;
	uint64_t function;

	if (owner->kind != OWNER_STACK || !owner->task)
		return;
	owner->place = stack_frame_find(kernel, owner->task, owner->address, &function);
	if (owner->place != PLACE_FRAME || !kernel->symbols ||
	    !symbols_at(kernel->symbols, function, &symbol))
		return;
	copy_string(owner->symbol, sizeof(owner->symbol), symbol.name);
	copy_string(owner->module, sizeof(owner->module), symbol.module);
}

static void format_stack(const struct owner *owner, char *buf, size_t size)
{
	_str_ struct str label = {0};

	if (!owner->task) {
		snprintf(buf, size, "%s stack of CPU %d +0x%" PRIx64, owner->stack, owner->cpu,
			 (uint64_t)owner->offset);
		return;
	}
	task_label(owner->task, &label);
	snprintf(buf, size, "stack of %s +0x%" PRIx64 "%s%s%s", label.data ? label.data : "?",
		 (uint64_t)owner->offset,
		 owner->symbol[0]	       ? ", in the frame of "
		 : owner->place == PLACE_BELOW ? ", below the stack pointer"
					       : "",
		 owner->symbol, owner->symbol[0] ? "()" : "");
}

static const char *state_word(enum object_state state)
{
	return state == OBJECT_ALLOCATED ? "allocated"
	       : state == OBJECT_FREE	 ? "free"
					 : "state unknown";
}

static void format_slab(const struct owner *owner, char *buf, size_t size)
{
	const struct slab_object *object = &owner->slab;
	const struct slab_track *track = object->state == OBJECT_ALLOCATED ? &object->allocated
					 : object->state == OBJECT_FREE	   ? &object->freed
									   : NULL;
	int length =
		snprintf(buf, size, "%s object 0x%016" PRIx64 " %+" PRId64 ", %s%s%s",
			 object->slab.cache->name, owner->start, owner->offset,
			 state_word(object->state), object->where[0] ? " on " : "", object->where);

	if (track && track->address && length > 0 && (size_t)length < size)
		snprintf(buf + length, size - (size_t)length, "%s by %s of pid %d",
			 object->state == OBJECT_FREE ? ", freed" : "", track->symbol, track->pid);
}

void owner_format_object(const struct owner *owner, char *buf, size_t size)
{
	const struct slab_object *object = &owner->slab;
	bool is_free = object->state == OBJECT_FREE;
	const struct slab_track *track = is_free ? &object->freed : &object->allocated;
	int length = snprintf(buf, size, "a %s%s object (0x%016" PRIx64 ")",
			      is_free				  ? "freed "
			      : object->state == OBJECT_ALLOCATED ? "live "
								  : "",
			      object->slab.cache->name, owner->start);

	if (track->address && length > 0 && (size_t)length < size)
		snprintf(buf + length, size - (size_t)length, ", %s by %s() of pid %d",
			 is_free ? "freed" : "allocated", track->symbol, track->pid);
}

bool owner_is_old_stack(const struct owner *owner)
{
	static const char *const makers[] = {"kernel_clone+", "_do_fork+", "copy_process",
					     "dup_task_struct", "alloc_thread_stack_node"};

	/* the guard page behind it is part of a living one's area, too */
	if (owner->kind != OWNER_VMALLOC || (uint64_t)owner->offset + PAGE_SIZE >= owner->size)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (has_prefix(owner->symbol, makers[i]))
			return true;
	return false;
}

static void format_vmalloc(const struct owner *owner, char *buf, size_t size)
{
	if (owner_is_old_stack(owner))
		snprintf(buf, size, "stack of a task that has ended, +0x%" PRIx64,
			 (uint64_t)owner->offset);
	else
		snprintf(buf, size, "vmalloc area of %" PRIu64 " bytes%s%s", owner->size,
			 owner->symbol[0] ? " by " : "", owner->symbol);
}

void owner_format(const struct owner *owner, char *buf, size_t size)
{
	switch (owner->kind) {
	case OWNER_SLAB:
		format_slab(owner, buf, size);
		break;
	case OWNER_STACK:
		format_stack(owner, buf, size);
		break;
	case OWNER_PERCPU:
		if (owner->symbol[0])
			snprintf(buf, size, "%s of CPU %d", owner->symbol, owner->cpu);
		else
			snprintf(buf, size, "per-CPU memory of CPU %d, +0x%" PRIx64, owner->cpu,
				 (uint64_t)owner->offset);
		break;
	case OWNER_IMAGE:
	case OWNER_MODULE:
		snprintf(buf, size, "%s%s%s%s", owner->symbol[0] ? owner->symbol : "kernel image",
			 owner->module[0] ? " [" : "", owner->module, owner->module[0] ? "]" : "");
		break;
	case OWNER_PAGE:
		snprintf(buf, size, "page, %s", page_use_name(owner->page));
		break;
	case OWNER_VMALLOC:
		format_vmalloc(owner, buf, size);
		break;
	case OWNER_VMEMMAP:
		snprintf(buf, size,
			 owner->start ? "struct page, its page is: %s" : "vmemmap, but %s",
			 owner->start ? page_use_name(owner->page) : owner->why);
		break;
	case OWNER_BEYOND:
		snprintf(buf, size, "direct map, but no memory there");
		break;
	case OWNER_HOLE:
		snprintf(buf, size, "%s", owner->why[0] ? owner->why : "no region of the kernel");
		break;
	case OWNER_USER:
		snprintf(buf, size, "user space");
		break;
	case OWNER_NON_CANONICAL:
		snprintf(buf, size, "no canonical address");
		break;
	default:
		snprintf(buf, size, "owner not known%s%s", owner->why[0] ? ": " : "", owner->why);
	}
}

void owner_format_variable(const struct owner *owner, char *buf, size_t size)
{
	char *plus;

	owner_format(owner, buf, size);
	plus = strstr(buf, "+0x0");
	if (plus && (!plus[4] || plus[4] == ' '))
		memmove(plus, plus + 4, strlen(plus + 4) + 1);
}
