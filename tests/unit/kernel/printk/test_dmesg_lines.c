/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/str.h"
#include "kernel/printk/dmesg.h"
#include "kernel/printk/dmesg_lines.h"

/* The log of a text that comes in pieces of this size. */
static struct log *in_pieces(const char *text, size_t length, size_t piece)
{
	struct log_builder builder = {0};
	struct dmesg_lines *lines;
	struct log *log;

	assert_ok(dmesg_lines_new(&builder, &lines));
	for (size_t at = 0; at < length; at += piece)
		dmesg_lines_feed(lines, text + at, MIN(piece, length - at));
	dmesg_lines_close(lines);
	assert_ok(log_finish(&builder, "dmesg file", &log));
	return log;
}

START_TEST(pieces_make_no_difference)
{
	static const char text[] = "[    1.000000] a\r\n[    2.000000] b\n\0\0\0[    3.000000] c";

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct log *log = in_pieces(text, sizeof(text) - 1, piece);

		ck_assert_uint_eq(log->count, 3);
		ck_assert_str_eq(log->lines[2].text, "c");
		ck_assert_uint_eq(log->lines[2].time_us, 3000000);
		log_close(log);
	}
}
END_TEST

/* Lines across the end of a window are whole; there are three windows of it. */
START_TEST(windows_meet)
{
	_str_ struct str text = {0};
	unsigned count = 0;

	for (; text.length < 2 * DMESG_WINDOW + 1000; count++)
		str_printf(&text, "[%5u.%06u] line number %u of the log\n", count / 1000,
			   count % 1000, count);
	struct log *log = in_pieces(text.data, text.length, 100003);

	ck_assert_uint_eq(log->count, count);
	for (unsigned i = 0; i < count; i++) {
		char line[64];

		snprintf(line, sizeof(line), "line number %u of the log", i);
		ck_assert_str_eq(log->lines[i].text, line);
	}
	ck_assert_uint_eq(log->cut, 0);
	log_close(log);
}
END_TEST

/* A line longer than a window is cut and said; the one behind it is read. */
START_TEST(a_line_without_end)
{
	size_t length = 2 * DMESG_WINDOW + 12345;
	char *text = malloc(length);

	memset(text, 'x', length);
	memcpy(text, "[    1.000000] ", 15);
	memcpy(text + length - 19, "\n[    2.000000] end", 19);
	struct log *log = in_pieces(text, length, 65536);

	ck_assert_uint_eq(log->count, 2);
	ck_assert_uint_le(strlen(log->lines[0].text), 65536);
	ck_assert_str_eq(log->lines[1].text, "end");
	ck_assert_uint_eq(log->cut, 1);
	log_close(log);
	memset(text, '\0', length);
	log = in_pieces(text, length, 65536);
	ck_assert_uint_eq(log->count, 0);
	log_close(log);
	free(text);
}
END_TEST

START_TEST(fences_and_fields_are_no_lines)
{
	static const char text[] =
		"```\n6,1,1000000,-;pci 0000:00:03.0: BAR\n SUBSYSTEM=pci\n "
		"DEVICE=+pci:0000:00:03.0\n"
		"6,2,2000000,-;next\n```\n{code:java}\n[    3.000000] c\n{code}\n";
	struct log *log = in_pieces(text, strlen(text), 7);
	size_t words = 0;

	for (size_t i = 0; i < log->count; i++)
		words += log->lines[i].text[0] != 0;
	ck_assert_uint_eq(words, 3);
	ck_assert_str_eq(log->lines[0].text, "pci 0000:00:03.0: BAR");
	ck_assert_str_eq(log->lines[1].text, "next");
	log_close(log);
}
END_TEST

/* Without prefixes it is the widths of the lines, and the grammar, that tell where one goes on. */
START_TEST(lines_without_prefixes_are_joined)
{
	static const struct {
		const char *text;
		const char *line;
	} cases[] = {
		{"CPU: 3 PID: 1\n88243 Comm: labctl Not tainted 6.1.0 #1\n",
		 "CPU: 3 PID: 188243 Comm: labctl Not tainted 6.1.0 #1"},
		{"CPU: 3 PID: 7 Comm: sh Not tainted 5.4.0-190-gen\neric #210-Ubuntu\n",
		 "CPU: 3 PID: 7 Comm: sh Not tainted 5.4.0-190-generic #210-Ubuntu"},
		{"CPU: 3 PID: 7 Comm: sh Tainted: G    OE\n5.4.0-190 #210-Ubuntu\n",
		 "CPU: 3 PID: 7 Comm: sh Tainted: G    OE 5.4.0-190 #210-Ubuntu"},
		{"Code: 48 8b\n07 <48> 8b\n", "Code: 48 8b 07 <48> 8b"},
		{"Code: 48 8\nb 07 <48> 8b\n", "Code: 48 8b 07 <48> 8b"},
		{"Code: 48 8b <\n48> 8b\n", "Code: 48 8b <48> 8b"},
		{"Modules linked in: lab(OE) xfs\nlibcrc32c [last unloaded: sg]\n",
		 "Modules linked in: lab(OE) xfs libcrc32c [last unloaded: sg]"},
		{"RIP: 0010:[<ffffffffa0001015>]\nlab_get+0x15/0x30 [lab]\n",
		 "RIP: 0010:[<ffffffffa0001015>] lab_get+0x15/0x30 [lab]"},
		{"RIP: 0010:[<ffffffffa0001015>] lab_get+0x15/0x30\n[lab]\n",
		 "RIP: 0010:[<ffffffffa0001015>] lab_get+0x15/0x30 [lab]"},
		/* Not: */
		{"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
		 "task:labls              state:D stack:    0 pid: 4321 ppid:     1 flags:0x0004\n",
		 "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message."},
		{"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
		 "CPU 6/KVM       D ffff88007ba90000     0  4321      1 0x00000080\n",
		 "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message."},
		{"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
		 "kworker/0:0 D 0 2904 2 0x00000000\n",
		 "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message."},
		{"All QSes seen, last rcu_sched kthread activity 12, jiffies_till_next_fqs=3, "
		 "root\n"
		 "labspin         R  running task    22056 22277   3688 0x00000008\n",
		 "All QSes seen, last rcu_sched kthread activity 12, jiffies_till_next_fqs=3, "
		 "root"},
		{"#0: ffffffff847b1a40 (rcu_read_lock){....}, at: debug_show_all_locks+0x5f/0x27e\n"
		 "1 lock held by rsyslogd/2901:\n",
		 "#0: ffffffff847b1a40 (rcu_read_lock){....}, at: debug_show_all_locks+0x5f/0x27e"},
		{"labsockd/7310 is freeing memory ffff888041c7a3c0-ffff888041c7abbf, with a lock "
		 "still held there!\n"
		 "00000000b7a1c20e (sk_lock-AF_LAB){+.+.}, at: lab_sock_release+0x11a/0x3b0\n",
		 "labsockd/7310 is freeing memory ffff888041c7a3c0-ffff888041c7abbf, with a lock "
		 "still held there!"},
		{"Modules linked in: lab(OE) xfs\nCPU 3\n", "Modules linked in: lab(OE) xfs"},
		{"  hex dump (first 32 bytes):\n    11 07 02 00 00 00 00 00  ........\n",
		 "hex dump (first 32 bytes):"},
		{"Code: 48 8b 07\nRIP: 0010:f+0x1/0x2\n", "Code: 48 8b 07"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct log *log = in_pieces(cases[i].text, strlen(cases[i].text), 1000);

		ck_assert_str_eq(log->lines[0].text, cases[i].line);
		log_close(log);
	}
}
END_TEST

/* A mailer breaks at blanks, a console anywhere; both also what was moved to the right or quoted. */
START_TEST(widths_tell_where_lines_go_on)
{
	static const char mail[] =
		"> INFO: task labsync:2107 blocked for more than 120 seconds because of a\n"
		"> lock that labctl holds since long\n"
		"> Call Trace:\n>  schedule+0x2f/0xa0\n";
	static const char console[] = "    INFO: task labsync:2107 blocked for more than 120 "
				      "seconds because of a lock t\n"
				      "    hat labctl holds\n"
				      "    WARNING: locks held by a task that is asleep for as "
				      "long as these two did sle\n"
				      "    ep on it\n"
				      "     schedule+0x2f/0xa0\n";
	struct log *log = in_pieces(mail, strlen(mail), 1000);

	ck_assert_str_eq(log->lines[0].text,
			 "INFO: task labsync:2107 blocked for more than 120 "
			 "seconds because of a lock that labctl holds since long");
	ck_assert_str_eq(log->lines[1].text, "Call Trace:");
	ck_assert_uint_eq(log->count, 3);
	log_close(log);
	log = in_pieces(console, strlen(console), 1000);
	ck_assert_uint_eq(log->count, 3);
	ck_assert_str_eq(log->lines[0].text, "INFO: task labsync:2107 blocked for more than 120 "
					     "seconds because of a lock that labctl holds");
	ck_assert_str_eq(log->lines[2].text, " schedule+0x2f/0xa0");
	log_close(log);
}
END_TEST

static void check_first(const char *text, const char *wanted, size_t lines)
{
	struct log *log = in_pieces(text, strlen(text), 1000);

	ck_assert_str_eq(log->lines[0].text, wanted);
	ck_assert_uint_eq(log->count, lines);
	log_close(log);
}

/* Two lines of one width may be a console's or a mail's: the words at their ends tell. */
START_TEST(words_tell_how_lines_were_cut)
{
	check_first(
		"WARNING: CPU: 3 PID: 0 at net/sched/sch_generic.c:467 dev_watchdog+0x249/0x2\n"
		"50\n"
		"Hardware name: Example Systems Lab 9000 Server/Board 12, BIOS 1.16 04/01/201\n"
		"4\n",
		"WARNING: CPU: 3 PID: 0 at net/sched/sch_generic.c:467 dev_watchdog+0x249/0x250",
		2);
	check_first("CPU: 3 PID: 512 Comm: systemd-journals Not tainted 5.4.0-190-generic\n"
		    "#210-Ubuntu\n"
		    "Hardware name: Example Systems Lab 9000 Server/Board 12, BIOS 1.16.2\n"
		    "04/01/2014\n",
		    "CPU: 3 PID: 512 Comm: systemd-journals Not tainted 5.4.0-190-generic "
		    "#210-Ubuntu",
		    2);
	check_first("[    1.000000] {1}[Hardware Error]: from APEI Generic Hardware Error Source:\n"
		    " 1\n[    1.000001] x\n[    1.000002] y\n",
		    "{1}[Hardware Error]: from APEI Generic Hardware Error Source: 1", 3);
	/* Rules and rows of tables begin and end where they do. */
	check_first("[    902]     0   902   180211    21011   401408        0\n"
		    "           0 labnetd\n"
		    "[   1200]   999  1200    91011     9120   221184        0            0 lab\n",
		    "[    902]     0   902   180211    21011   401408        0 0 labnetd", 2);
	check_first(
		"=============================================================================\n"
		"BUG kmalloc-64 (Tainted: G    B      OE  ------------  ): Poison overwritten\n",
		"=============================================================================", 2);
}
END_TEST

static void check_lines(const char *text, const char *const *wanted, size_t count)
{
	struct log *log = in_pieces(text, strlen(text), 1000);

	ck_assert_uint_eq(log->count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(log->lines[i].text, wanted[i]);
	log_close(log);
}

/* The rest of a line that another CPU's has cut stands behind that one. */
START_TEST(lines_cut_by_another_cpu)
{
	check_lines("[  812.000005] RIP: 0010:lab_scan+0x1<4>[  812.000007] usb 1-1: gone\n"
		    "2/0x40 [lab]\n"
		    "[  812.000009] Call Trace:[  812.000010] usb 2-2: gone<6>[  812.000010] a\n"
		    "[  812.000011] Code: 48 <6>[  812.000012] b\n"
		    "<8b> 47 40\n",
		    (const char *const[]){"RIP: 0010:lab_scan+0x12/0x40 [lab]", "usb 1-1: gone",
					  "Call Trace:", "usb 2-2: gone", "a",
					  "Code: 48 <8b> 47 40", "b"},
		    7);
	check_lines("[  812.000005] a<4>[  812.000007] b", (const char *const[]){"a", "b"}, 2);
}
END_TEST

/* As many as there is room for, and none is lost. */
START_TEST(a_line_of_many)
{
	_str_ struct str text = {0};

	for (unsigned i = 0; i < 400; i++)
		str_printf(&text, "[    1.%06u] line %u ", i, i);
	struct log *log = in_pieces(text.data, text.length, 1000);

	ck_assert_uint_eq(log->count, 400);
	ck_assert_str_eq(log->lines[399].text, "line 399 ");
	log_close(log);
}
END_TEST

/* --- files ------------------------------------------------------------------------------------ */

static int file_of(const char *bytes, size_t length)
{
	char path[] = "/tmp/test_dmesg.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	ck_assert_int_eq(write(fd, bytes, length), length);
	return fd;
}

static int next_file(void *context, unsigned number)
{
	const char *const *texts = context;

	return number < 4 && texts[number] ? file_of(texts[number], strlen(texts[number])) : -1;
}

/* The first without a newline at its end, one of UTF-16, one empty. */
START_TEST(several_files)
{
	const char *texts[] = {NULL, "", "\xff\xfe[", "[    3.000000] c\n"};
	_close_ int fd = file_of("[    1.000000] a", 16);
	struct log *log;

	texts[2] = NULL;
	assert_ok(dmesg_read(fd, next_file, texts, &log));
	ck_assert_uint_eq(log->count, 1);
	log_close(log);
	texts[2] = "[    2.000000] b\n";
	assert_ok(dmesg_read(fd, next_file, texts, &log));
	ck_assert_uint_eq(log->count, 3);
	ck_assert_str_eq(log->lines[2].text, "c");
	log_close(log);
}
END_TEST

static size_t gzipped(const char *text, size_t length, char *to, size_t size)
{
	z_stream stream = {.next_in = (Bytef *)text,
			   .avail_in = (uInt)length,
			   .next_out = (Bytef *)to,
			   .avail_out = (uInt)size};

	deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	return size - stream.avail_out;
}

/* What was read before a file broke off stands, and that it did is said. */
START_TEST(packed_files_break_off)
{
	_str_ struct str text = {0};
	static char packed[1 << 20];
	struct log *log;

	for (unsigned i = 0; i < 20000; i++)
		str_printf(&text, "[%5u.000000] %u\n", i, i * 2654435761u);
	size_t length = gzipped(text.data, text.length, packed, sizeof(packed));
	_close_ int whole = file_of(packed, length), half = file_of(packed, length / 2);

	assert_ok(dmesg_read(whole, NULL, NULL, &log));
	ck_assert_uint_eq(log->count, 20000);
	ck_assert_ptr_null(log->err);
	log_close(log);
	assert_ok(dmesg_read(half, NULL, NULL, &log));
	ck_assert_uint_lt(log->count, 20000);
	ck_assert_uint_gt(log->count, 1000);
	ck_assert_int_eq(log->err->code, ERR_CORRUPT);
	log_close(log);
}
END_TEST

START_TEST(what_is_no_log)
{
	static char packed[4096];
	size_t length = gzipped("KDUMP   xxxxxxxx", 16, packed, sizeof(packed));
	_close_ int dump = file_of(packed, length), nuls = file_of("\0\0\0\0", 4);
	_close_ int broken = file_of("\x04\x22\x4d\x18xxxx", 8);
	struct log *log;

	assert_err(dmesg_read(dump, NULL, NULL, &log), ERR_INVALID);
	assert_err(dmesg_read(nuls, NULL, NULL, &log), ERR_NOT_FOUND);
	assert_err(dmesg_read(broken, NULL, NULL, &log), ERR_CORRUPT);
}
END_TEST

UNIT_MAIN("dmesg_lines", lines_without_prefixes_are_joined, widths_tell_where_lines_go_on,
	  words_tell_how_lines_were_cut, lines_cut_by_another_cpu, a_line_of_many,
	  pieces_make_no_difference, windows_meet, a_line_without_end,
	  fences_and_fields_are_no_lines, several_files, packed_files_break_off, what_is_no_log)
