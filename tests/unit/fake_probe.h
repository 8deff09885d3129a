/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_PROBE_H
#define TRIAGE_FAKE_PROBE_H

#include "fake_kernel.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

/*
 * For tests of what is found by probing: where it is put, and two CPUs, whose variables are FAKE_AREA bytes apart.
 * Include it in one file of a test program.
 */
#define FAKE_CPUS 2u
#define FAKE_AREA 0x10000u

static struct type_provider *probed;
static bool fake_offline; /* the second CPU */

unsigned percpu_cpus(const struct percpu *percpu)
{
	(void)percpu;
	return FAKE_CPUS;
}

bool percpu_online(const struct percpu *percpu, unsigned cpu)
{
	(void)percpu;
	return !cpu || !fake_offline;
}

struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret)
{
	(void)percpu;
	*ret = variable + cpu * FAKE_AREA;
	return NULL;
}

struct err *percpu_symbol(struct kernel *of, const char *symbol, unsigned cpu, uint64_t *ret)
{
	if (!symbols_find(of->symbols, symbol, ret))
		return err_new(ERR_NOT_FOUND, "no such variable");
	return percpu_address(of->percpu, *ret, cpu, ret);
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

static inline void fake_probe_open(void)
{
	fake_open(NULL);
	fake_offline = false;
	kernel.percpu = (struct percpu *)&fake; /* never looked into */
	assert_ok(probed_open(&probed));
}

static inline void fake_probe_close(void)
{
	probed->ops->close(probed);
	fake_close();
}

/* Where a member was found; UINT64_MAX when it was not. */
static inline uint64_t probed_at(const char *type, const char *path)
{
	struct member member;

	return type_find_member(probed->ops->find(probed, TYPE_STRUCT, type), path, &member)
		       ? member_offset(&member)
		       : UINT64_MAX;
}

static inline void fake_link(uint64_t first, uint64_t second)
{
	fake_u64(first, second);
	fake_u64(second + 8, first);
}

#endif
