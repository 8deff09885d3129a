/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/printk/dmesg.h"
#include "kernel/printk/printk.h"

#include <unistd.h>

/* --- logs that are text ----------------------------------------------------------------------- */

static struct log *parse(const char *text)
{
	struct log *log;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	return log;
}

START_TEST(dmesg_lines)
{
	struct log *log = parse("[    0.000000] Linux version 6.1\n"
				"<4>[   12.345678] warn: [x]\r\n"
				"[    1.000001][  T123] by a task\n"
				"[    1.000002][    C7] by a CPU\n"
				"[    1.000003] [   T4567] as makedumpfile has it\n"
				"[    1.000004] [T] is text\n"
				"<30>systemd[1]: hello\n"
				"[    2.5] no time\n"
				"[99999999999999999999.000000] nor this");

	ck_assert_uint_eq(log->count, 9);
	ck_assert_str_eq(log->lines[0].text, "Linux version 6.1");
	ck_assert(log->lines[0].has_time);
	ck_assert_int_eq(log->lines[0].level, -1);
	ck_assert_str_eq(log->lines[1].text, "warn: [x]");
	ck_assert_uint_eq(log->lines[1].time_us, 12345678);
	ck_assert_int_eq(log->lines[1].level, 4);
	ck_assert_uint_eq(log->lines[2].caller, 123);
	ck_assert_str_eq(log->lines[2].text, "by a task");
	ck_assert_uint_eq(log->lines[3].caller, 0x80000007);
	ck_assert_uint_eq(log->lines[4].caller, 4567);
	ck_assert_str_eq(log->lines[4].text, "as makedumpfile has it");
	ck_assert_str_eq(log->lines[5].text, "[T] is text");
	ck_assert_str_eq(log->lines[6].text, "systemd[1]: hello");
	ck_assert_int_eq(log->lines[6].level, 6);
	ck_assert(!log->lines[6].has_time);
	ck_assert_str_eq(log->lines[7].text, "[    2.5] no time");
	ck_assert_str_eq(log->lines[8].text, "[99999999999999999999.000000] nor this");
	log_close(log);
}
END_TEST

START_TEST(lines_without_a_prefix_go_on)
{
	struct log *log = parse("[    3.000000] first\nsecond\n\n[    4.000000] third\n");

	ck_assert_uint_eq(log->count, 4);
	ck_assert(!log->lines[0].continued);
	ck_assert(log->lines[1].continued);
	ck_assert_uint_eq(log->lines[1].time_us, 3000000);
	ck_assert_str_eq(log->lines[2].text, "");
	ck_assert(!log->lines[3].continued);
	log_close(log);
}
END_TEST

START_TEST(dates_are_no_time_since_boot)
{
	struct log *log = parse("[Sat Nov 21 04:00:25 2026] from dmesg -T\n"
				"2026-11-21T04:00:25,123456+00:00 iso\n"
				"2026-11-21T04:00:25+0000 host kernel: short-iso\n"
				"Nov 21 04:00:25 host kernel: [   12.300000] both\n"
				"Nov 21 04:00:25 host kernel: plain\n"
				"Nov 21 04:00:25 host sshd[12]: not the kernel's\n");

	ck_assert_uint_eq(log->count, 5);
	ck_assert_str_eq(log->lines[0].text, "from dmesg -T");
	ck_assert(!log->lines[0].has_time);
	ck_assert_str_eq(log->lines[1].text, "iso");
	ck_assert_str_eq(log->lines[2].text, "short-iso");
	ck_assert_str_eq(log->lines[3].text, "both");
	ck_assert_uint_eq(log->lines[3].time_us, 12300000);
	ck_assert_str_eq(log->lines[4].text, "plain");
	ck_assert(!log->lines[4].continued);
	log_close(log);
}
END_TEST

START_TEST(odd_bytes_and_prefixes)
{
	static const char text[] =
		"[    1.000000] a\0b\033[2J\n<\n<9999999999999999999999>x\n[\n[ \n";
	struct log *log;

	assert_ok(dmesg_parse(text, sizeof(text) - 1, &log));
	ck_assert_uint_eq(log->count, 5);
	ck_assert_str_eq(log->lines[0].text, "ab");
	ck_assert_str_eq(log->lines[2].text, "<9999999999999999999999>x");
	log_close(log);
	assert_ok(dmesg_parse("", 0, &log));
	ck_assert_uint_eq(log->count, 0);
	log_close(log);
}
END_TEST

START_TEST(files_are_read)
{
	char path[] = "/tmp/test_printk.XXXXXX";
	int fd = mkstemp(path);
	struct log *log;

	unlink(path);
	assert_err(dmesg_read(fd, NULL, NULL, &log), ERR_NOT_FOUND);
	ck_assert_int_eq(write(fd, "[    1.000000] x\n", 17), 17);
	assert_ok(dmesg_read(fd, NULL, NULL, &log));
	ck_assert_uint_eq(log->count, 1);
	ck_assert_str_eq(log->source, "dmesg file");
	log_close(log);
	close(fd);
	assert_err(dmesg_read(fd, NULL, NULL, &log), ERR_IO);
}
END_TEST

/* --- the ring --------------------------------------------------------------------------------- */

#define PRB_POINTER (FAKE_BASE + 0x100)
#define PRB (FAKE_BASE + 0x200)
#define DESCS (FAKE_BASE + 0x1000)
#define INFOS (FAKE_BASE + 0x2000)
#define DATA (FAKE_BASE + 0x4000)
#define COUNT_BITS 4
#define SIZE_BITS 8
#define ID_BASE 0x3ffffffffffffff8ull /* ids overflow within the ring */

static void ring_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const lpos_members[] = {"begin", "next"};
	uint32_t u16 = b_int(b, "short", 2),
		 lpos = fake_longs(b, "prb_data_blk_lpos", l, lpos_members, 2);
	uint32_t descs = b_record(b, B_STRUCT, "prb_desc_ring", 40, 5, "count_bits", i, 0, "descs",
				  l, 64, "infos", l, 128, "head_id", l, 192, "tail_id", l, 256);
	uint32_t text =
		b_record(b, B_STRUCT, "prb_data_ring", 16, 2, "size_bits", i, 0, "data", l, 64);

	b_record(b, B_STRUCT, "printk_ringbuffer", 56, 2, "desc_ring", descs, 0, "text_data_ring",
		 text, 320);
	b_record(b, B_STRUCT, "prb_desc", 24, 2, "state_var", l, 0, "text_blk_lpos", lpos, 64);
	b_record(b, B_STRUCT | B_KIND_FLAG, "printk_info", 24, 4, "ts_nsec", l, 0, "text_len", u16,
		 64, "level", i, 3u << 24 | 93, "caller_id", i, 96);
}

static void open_ring(uint64_t tail, uint64_t head)
{
	fake_open(ring_types);
	fake_symbol("prb", PRB_POINTER);
	fake_u64(PRB_POINTER, PRB);
	fake_u32(PRB, COUNT_BITS);
	fake_u64(PRB + 8, DESCS);
	fake_u64(PRB + 16, INFOS);
	fake_u64(PRB + 24, head);
	fake_u64(PRB + 32, tail);
	fake_u32(PRB + 40, SIZE_BITS);
	fake_u64(PRB + 48, DATA);
}

enum { RESERVED, COMMITTED, FINALIZED, REUSABLE };

/* One record whose block begins at a logical position; returns where the next begins. */
static uint64_t put_record(uint64_t id, unsigned state, uint64_t begin, const char *text)
{
	uint64_t at = id % (1 << COUNT_BITS), size = (8 + strlen(text) + 7) / 8 * 8;
	uint64_t next = begin + size, where = begin & 0xff;

	if (begin >> SIZE_BITS != (next - 1) >> SIZE_BITS) { /* does not fit: it begins anew */
		next = (((begin >> SIZE_BITS) + 1) << SIZE_BITS) + size;
		where = 0;
	}
	fake_u64(DESCS + at * 24, (uint64_t)state << 62 | (id & UINT64_MAX >> 2));
	fake_u64(DESCS + at * 24 + 8, begin);
	fake_u64(DESCS + at * 24 + 16, next);
	fake_u64(INFOS + at * 24, 1000000 * (at + 1));
	fake_u64(INFOS + at * 24 + 8, strlen(text) | 5ull << 29 | 77ull << 32);
	fake_u64(DATA + where, id);
	fake_put(DATA + where + 8, text, strlen(text));
	return next;
}

START_TEST(ring_records_are_read)
{
	struct log *log;
	uint64_t at = 0x1e0;

	open_ring(ID_BASE + 7, ID_BASE + 11);
	at = put_record(ID_BASE + 7, FINALIZED, at, "one\ntwo");
	at = put_record(ID_BASE + 8, FINALIZED, at, "wrapped text");
	at = put_record(ID_BASE + 9, RESERVED, at, "being written");
	at = put_record(ID_BASE + 10, COMMITTED, at, "last");
	put_record(ID_BASE + 11 + 16, FINALIZED, at, "another generation's");
	assert_ok(printk_open(&kernel, &log));
	ck_assert_str_eq(log->source, "printk ring");
	ck_assert_ptr_null(log->err);
	ck_assert_uint_eq(log->count, 4);
	ck_assert_str_eq(log->lines[0].text, "one");
	ck_assert_uint_eq(log->lines[0].time_us, 16000);
	ck_assert_int_eq(log->lines[0].level, 5);
	ck_assert_uint_eq(log->lines[0].caller, 77);
	ck_assert_str_eq(log->lines[1].text, "two");
	ck_assert(log->lines[1].continued);
	ck_assert_str_eq(log->lines[2].text, "wrapped text");
	ck_assert_str_eq(log->lines[3].text, "last");
	log_close(log);
	fake_close();
}
END_TEST

START_TEST(rings_that_never_end)
{
	struct log *log;

	/* A head that is not ahead of the tail: every id comes by once, not 2^62 times. */
	open_ring(5, 4);
	put_record(5, FINALIZED, 0, "only");
	assert_ok(printk_open(&kernel, &log));
	ck_assert_uint_eq(log->count, 1);
	log_close(log);
	fake_close();

	open_ring(5, 0x1000000);
	put_record(5, FINALIZED, 0, "only");
	assert_ok(printk_open(&kernel, &log));
	ck_assert_uint_eq(log->count, 1);
	ck_assert_int_eq(log->err->code, ERR_LIMIT);
	log_close(log);
	fake_close();
}
END_TEST

START_TEST(absurd_rings_are_refused)
{
	struct log *log;

	open_ring(0, 8);
	fake_u32(PRB, 60);
	assert_err(printk_open(&kernel, &log), ERR_CORRUPT);
	fake_u32(PRB, 20);
	fake_u64(PRB + 8, 0xdead000000000000); /* descriptors nowhere: given up after some */
	fake.reads = 0;
	fake_u64(PRB + 24, 1 << 19);
	assert_err(printk_open(&kernel, &log), ERR_UNMAPPED);
	ck_assert_uint_lt(fake.reads, 1000);
	fake_close();

	/* Blocks of impossible places have no text. */
	open_ring(0, 3);
	for (uint64_t id = 0; id < 4; id++)
		put_record(id, FINALIZED, id * 64, "text");
	fake_u64(DESCS + 8, 1);	      /* no block */
	fake_u64(DESCS + 24 + 16, 0); /* ends before it begins */
	fake_u64(DESCS + 48 + 8, 0x7ffffff000);
	assert_ok(printk_open(&kernel, &log));
	ck_assert_uint_eq(log->count, 1);
	log_close(log);
	fake_close();
}
END_TEST

/* --- log_buf ---------------------------------------------------------------------------------- */

static void record_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t u16 = b_int(b, "short", 2);

	b_record(b, B_STRUCT | B_KIND_FLAG, "log", 16, 5, "ts_nsec", l, 0, "len", u16, 64,
		 "text_len", u16, 80, "flags", i, 5u << 24 | 120, "level", i, 3u << 24 | 125);
}

#define BUF (FAKE_BASE + 0x8000)

static void open_log_buf(uint32_t length)
{
	fake_symbol("log_buf", FAKE_BASE + 0x10);
	fake_symbol("log_buf_len", FAKE_BASE + 0x20);
	fake_u64(FAKE_BASE + 0x10, BUF);
	fake_u32(FAKE_BASE + 0x20, length);
}

static void open_records(uint32_t first, uint32_t next)
{
	fake_open(record_types);
	open_log_buf(0x100);
	fake_symbol("log_first_idx", FAKE_BASE + 0x30);
	fake_symbol("log_next_idx", FAKE_BASE + 0x40);
	fake_u32(FAKE_BASE + 0x30, first);
	fake_u32(FAKE_BASE + 0x40, next);
}

static void put_log(uint64_t at, uint64_t length, const char *text)
{
	fake_u64(BUF + at, 2000000000);
	fake_u64(BUF + at + 8, length | strlen(text) << 16 | 3ull << 61);
	fake_put(BUF + at + 16, text, strlen(text));
}

START_TEST(records_are_read)
{
	struct log *log;

	open_records(0xc0, 0x40);
	put_log(0xc0, 0x20, "before the end");
	fake_u64(BUF + 0xe8, 0); /* no room: go on at the start */
	put_log(0, 0x20, "at the start");
	put_log(0x20, 0x20, "last");
	assert_ok(printk_open(&kernel, &log));
	ck_assert_str_eq(log->source, "log_buf records");
	ck_assert_uint_eq(log->count, 3);
	ck_assert_str_eq(log->lines[0].text, "before the end");
	ck_assert_uint_eq(log->lines[0].time_us, 2000000);
	ck_assert_int_eq(log->lines[0].level, 3);
	ck_assert_str_eq(log->lines[2].text, "last");
	ck_assert_ptr_null(log->err);
	log_close(log);
	fake_close();
}
END_TEST

START_TEST(broken_records_end)
{
	struct log *log;

	open_records(0, 0x60); /* zeros for ever: the end is never met */
	put_log(0, 0x20, "good");
	assert_ok(printk_open(&kernel, &log));
	ck_assert_int_eq(log->err->code, ERR_LOOP);
	log_close(log);

	fake_u64(BUF + 0x20 + 8, 0x8000); /* longer than the buffer */
	assert_ok(printk_open(&kernel, &log));
	ck_assert_int_eq(log->err->code, ERR_CORRUPT);
	ck_assert_uint_eq(log->count, 1);
	log_close(log);

	fake_u64(BUF + 0x20 + 8, 0x20 | 0xffffu << 16); /* its text longer than itself */
	assert_ok(printk_open(&kernel, &log));
	ck_assert_int_eq(log->err->code, ERR_CORRUPT);
	log_close(log);

	fake_u32(FAKE_BASE + 0x30, 0xfffffff0);
	assert_err(printk_open(&kernel, &log), ERR_CORRUPT);
	fake_u32(FAKE_BASE + 0x20, 0xffffffff);
	assert_err(printk_open(&kernel, &log), ERR_CORRUPT);
	fake_close();
}
END_TEST

START_TEST(flat_buffers_wrap)
{
	static const char text[] = "<4>[    7.000000] first\n<6>[    8.000000] second\n";
	struct log *log;

	fake_open(NULL);
	open_log_buf(0x40);
	fake_symbol("log_end", FAKE_BASE + 0x50);
	/* Written round the buffer's end; what was there before is overwritten but for a tail. */
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		fake_put(BUF + (0x30 + i) % 0x40, text + i, 1);
	fake_u32(FAKE_BASE + 0x50, 0x30 + sizeof(text) - 1);
	assert_ok(printk_open(&kernel, &log));
	ck_assert_str_eq(log->source, "log_buf");
	ck_assert_uint_ge(log->count, 2);
	ck_assert_str_eq(log->lines[log->count - 1].text, "second");
	ck_assert_int_eq(log->lines[log->count - 1].level, 6);
	ck_assert_uint_eq(log->lines[log->count - 1].time_us, 8000000);
	log_close(log);
	fake_close();
}
END_TEST

UNIT_MAIN("printk", dmesg_lines, lines_without_a_prefix_go_on, dates_are_no_time_since_boot,
	  odd_bytes_and_prefixes, files_are_read, ring_records_are_read, rings_that_never_end,
	  absurd_rings_are_refused, records_are_read, broken_records_end, flat_buffers_wrap)
