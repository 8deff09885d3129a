/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first chunk of per-CPU memory, made; and counts that are none. */
#include "fake_probe.h"
#include "kernel/probe/probe_chunks.h"

#define VARIABLE (FAKE_BASE + 0x1000)
#define CHUNK (FAKE_BASE + 0x2000)

enum { AT_POPULATED = 68, AT_MAP = 80, PAGES = 70 };

static void put_chunk(unsigned at, unsigned map, uint32_t pages)
{
	fake_u32(CHUNK + at - 4, pages);
	fake_u32(CHUNK + at, pages);
	fake_u32(CHUNK + at + 4, 3);
	fake_u64(CHUNK + map, UINT64_MAX);
	fake_u64(CHUNK + map + 8, UINT64_MAX);
}

static void start(void)
{
	fake_probe_open();
	fake_symbol("pcpu_first_chunk", VARIABLE);
	fake_u64(VARIABLE, CHUNK);
	put_chunk(AT_POPULATED, AT_MAP, PAGES);
}

/* Where the count is; the fake kernel is closed. */
static uint64_t probe(void)
{
	assert_ok(probe_chunks(&kernel, probed));
	uint64_t at = probed_at("pcpu_chunk", "nr_populated");
	fake_probe_close();
	return at;
}

START_TEST(a_full_chunk)
{
	start();
	ck_assert_uint_eq(probe(), AT_POPULATED);
	start();
	fake_u64(CHUNK + AT_MAP, CHUNK); /* a pointer before the map */
	fake_u64(CHUNK + AT_MAP + 16, UINT64_MAX);
	ck_assert_uint_eq(probe(), AT_POPULATED);
}
END_TEST

START_TEST(what_contradicts)
{
	start();
	fake_u32(CHUNK + AT_POPULATED, PAGES - 1); /* not all of them */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	start();
	fake_u32(CHUNK + AT_POPULATED + 4, PAGES + 1); /* more that are empty than there are */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	start();
	fake_u64(CHUNK + AT_MAP + 8, UINT64_MAX >> 1); /* a page is missing in the map */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	start();
	put_chunk(168, 184, PAGES); /* a second place like it */
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

START_TEST(absurd)
{
	start();
	put_chunk(AT_POPULATED, AT_MAP, UINT32_MAX);
	ck_assert_uint_eq(probe(), UINT64_MAX);
	start();
	put_chunk(508, 500, PAGES); /* whose map would end outside of what is read */
	ck_assert_uint_eq(probe(), AT_POPULATED);
	start();
	fake_u64(VARIABLE, FAKE_BASE + (1ull << 40));
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

UNIT_MAIN("probe_chunks", a_full_chunk, what_contradicts, absurd)
