/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks of made timer bases, and what contradicts them. */
#include "fake_probe.h"
#include "kernel/probe/probe_hrtimers.h"

#define BASES (FAKE_BASE + 0x1000)

enum { AT_CLOCKS = 64, CLOCK = 64 };

static void put_clocks(uint64_t base, size_t at, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		fake_u64(base + at + CLOCK * i, base);
		fake_u32(base + at + CLOCK * i + 8, i);
	}
}

static void put_bases(unsigned clocks)
{
	fake_probe_open();
	fake_symbol("hrtimer_bases", BASES);
	put_clocks(BASES, AT_CLOCKS, clocks);
	put_clocks(BASES + FAKE_AREA, AT_CLOCKS, clocks);
}

/* Where the clocks are; the fake kernel is closed. */
static uint64_t probe(void)
{
	assert_ok(probe_hrtimers(&kernel, probed));
	uint64_t at = probed_at("hrtimer_cpu_base", "clock_base");
	fake_probe_close();
	return at;
}

START_TEST(clocks)
{
	put_bases(8);
	ck_assert_uint_eq(probe(), AT_CLOCKS);
	put_bases(4);
	ck_assert_uint_eq(probe(), AT_CLOCKS);
	put_bases(3); /* as few may be anything */
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

START_TEST(an_array_as_long_as_there_are_clocks)
{
	put_bases(4);
	assert_ok(probe_hrtimers(&kernel, probed));
	ck_assert_uint_eq(probed_at("hrtimer_cpu_base", "clock_base[3].cpu_base"),
			  AT_CLOCKS + 3 * CLOCK);
	ck_assert_uint_eq(probed_at("hrtimer_cpu_base", "clock_base[4].cpu_base"), UINT64_MAX);
	fake_probe_close();
}
END_TEST

START_TEST(cpus_that_disagree)
{
	put_bases(8);
	fake_u32(BASES + FAKE_AREA + AT_CLOCKS + 5 * CLOCK + 8, 77); /* five there, eight here */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	put_bases(8);
	fake_u64(BASES + FAKE_AREA + AT_CLOCKS, BASES); /* another CPU's */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	put_bases(8);
	fake_u64(BASES + FAKE_AREA + AT_CLOCKS, 0);
	fake_offline = true; /* a CPU that is not there is not asked */
	ck_assert_uint_eq(probe(), AT_CLOCKS);
}
END_TEST

START_TEST(two_places)
{
	put_bases(4);
	put_clocks(BASES, AT_CLOCKS + 8 * CLOCK, 4);
	put_clocks(BASES + FAKE_AREA, AT_CLOCKS + 8 * CLOCK, 4);
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

UNIT_MAIN("probe_hrtimers", clocks, an_array_as_long_as_there_are_clocks, cpus_that_disagree,
	  two_places)
