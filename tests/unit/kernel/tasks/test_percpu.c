/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/tasks/percpu.h"

#define OFFSETS (FAKE_BASE + 0x100)
#define COUNT (FAKE_BASE + 0x80)
#define ONLINE (FAKE_BASE + 0x90)
#define ACTIVE (FAKE_BASE + 0x98)
#define LOAD 0xffffffff82000000

/* Four ids, of which 2 never became a CPU and 3 is offline. */
static void open_smp(uint32_t cpus)
{
	fake_open(NULL);
	fake_symbol("__per_cpu_offset", OFFSETS);
	fake_symbol("nr_cpu_ids", COUNT);
	fake_symbol("__cpu_online_mask", ONLINE);
	fake_symbol("__per_cpu_load", LOAD);
	fake_symbol("__per_cpu_start", 0);
	fake_symbol("__per_cpu_end", 0x1000);
	fake_symbol("runqueues", 0x340);
	fake_u32(COUNT, cpus);
	fake_u64(OFFSETS, 0xffff888010000000);
	fake_u64(OFFSETS + 8, 0xffff888010002000);
	fake_u64(OFFSETS + 16, LOAD);
	fake_u64(OFFSETS + 24, 0xffff888010004000);
	fake_u64(ONLINE, 0x3);
}

static void close_smp(void)
{
	percpu_close(kernel.percpu);
	fake_close();
}

START_TEST(variables_are_found_on_each_cpu)
{
	uint64_t address;

	open_smp(4);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	ck_assert_uint_eq(percpu_cpus(kernel.percpu), 4);
	assert_ok(percpu_symbol(&kernel, "runqueues", 1, &address));
	ck_assert_uint_eq(address, 0xffff888010002340);
	assert_ok(percpu_address(kernel.percpu, 8, 3, &address));
	ck_assert_uint_eq(address, 0xffff888010004008);
	assert_err(percpu_address(kernel.percpu, 8, 2, &address), ERR_NOT_FOUND);
	assert_err(percpu_address(kernel.percpu, 8, 4, &address), ERR_NOT_FOUND);
	assert_err(percpu_symbol(&kernel, "no_such", 0, &address), ERR_NOT_FOUND);
	ck_assert(percpu_online(kernel.percpu, 0));
	ck_assert(percpu_online(kernel.percpu, 1));
	ck_assert(!percpu_online(kernel.percpu, 3));
	ck_assert(!percpu_online(kernel.percpu, 9999));
	close_smp();
}
END_TEST

/* What panic() does to the CPUs it stops: offline, yet still active. */
START_TEST(stopped_cpus_count_as_online)
{
	open_smp(4);
	fake_symbol("__cpu_active_mask", ACTIVE);
	fake_u64(ONLINE, 0x2);
	fake_u64(ACTIVE, 0x3);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	ck_assert(percpu_online(kernel.percpu, 0));
	ck_assert(percpu_online(kernel.percpu, 1));
	ck_assert(!percpu_online(kernel.percpu, 3));
	close_smp();
}
END_TEST

START_TEST(addresses_are_led_back_to_their_cpu)
{
	uint64_t variable;
	unsigned cpu;

	open_smp(4);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	ck_assert(percpu_owner(&kernel, 0xffff888010002348, &cpu, &variable));
	ck_assert_uint_eq(cpu, 1);
	ck_assert_uint_eq(variable, 0x348);
	ck_assert(!percpu_owner(&kernel, 0xffff888010001000, &cpu, &variable));
	ck_assert(!percpu_owner(&kernel, LOAD + 8, &cpu, &variable));
	ck_assert(!percpu_owner(&kernel, 0, &cpu, &variable));
	close_smp();
}
END_TEST

START_TEST(absurd_counts_are_refused)
{
	static const uint32_t counts[] = {0, PERCPU_MAX + 1, UINT32_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		open_smp(counts[i]);
		assert_err(percpu_open(&kernel, &kernel.percpu), ERR_CORRUPT);
		close_smp();
	}
	/* A count the table's memory does not bear out. */
	open_smp(PERCPU_MAX);
	fake.symbols[0].address = FAKE_BASE + sizeof(fake.bytes) - 64;
	assert_err(percpu_open(&kernel, &kernel.percpu), ERR_UNMAPPED);
	close_smp();
}
END_TEST

START_TEST(one_processor_kernels_have_one_area)
{
	uint64_t address;

	fake_open(NULL);
	fake_symbol("runqueues", FAKE_BASE + 0x40);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	ck_assert_uint_eq(percpu_cpus(kernel.percpu), 1);
	ck_assert(percpu_online(kernel.percpu, 0));
	assert_ok(percpu_symbol(&kernel, "runqueues", 0, &address));
	ck_assert_uint_eq(address, FAKE_BASE + 0x40);
	close_smp();
}
END_TEST

UNIT_MAIN("percpu", variables_are_found_on_each_cpu, stopped_cpus_count_as_online,
	  addresses_are_led_back_to_their_cpu, absurd_counts_are_refused,
	  one_processor_kernels_have_one_area)
