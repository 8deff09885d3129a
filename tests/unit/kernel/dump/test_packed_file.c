/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/str.h"
#include "kernel/dump/packed_file.h"

#define TEXT_BYTES (300u << 10) /* more than any buffer on the way */

static char text[TEXT_BYTES];

static void fill_text(void)
{
	for (unsigned i = 0; i + 16 <= sizeof(text); i += 16) {
		char line[17];

		snprintf(line, sizeof(line), "[%13u]\n", i * 2654435761u % 9999991);
		memcpy(text + i, line, 16);
	}
}

static size_t pack_gzip(char *to, size_t size)
{
	z_stream stream = {.next_in = (Bytef *)text,
			   .avail_in = sizeof(text),
			   .next_out = (Bytef *)to,
			   .avail_out = (uInt)size};

	deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	return size - stream.avail_out;
}

static size_t pack_bzip2(char *to, size_t size)
{
	unsigned length = (unsigned)size;

	BZ2_bzBuffToBuffCompress(to, &length, text, sizeof(text), 9, 0, 0);
	return length;
}

static size_t pack_xz(char *to, size_t size)
{
	lzma_stream stream = LZMA_STREAM_INIT;

	ck_assert_int_eq(lzma_easy_encoder(&stream, 6, LZMA_CHECK_CRC64), LZMA_OK);
	stream.next_in = (const uint8_t *)text;
	stream.avail_in = sizeof(text);
	stream.next_out = (uint8_t *)to;
	stream.avail_out = size;
	ck_assert_int_eq(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&stream);
	return size - stream.avail_out;
}

static size_t pack_zstd(char *to, size_t size)
{
	return ZSTD_compress(to, size, text, sizeof(text), 3);
}

static size_t pack_lz4(char *to, size_t size)
{
	static char frame[2 * TEXT_BYTES]; /* it asks for room for text that cannot be packed */
	size_t length = LZ4F_compressFrame(frame, sizeof(frame), text, sizeof(text), NULL);

	ck_assert(!LZ4F_isError(length) && length <= size);
	memcpy(to, frame, length);
	return length;
}

static const struct {
	const char *name;
	size_t (*pack)(char *to, size_t size);
} formats[] = {{"gzip", pack_gzip},
	       {"bzip2", pack_bzip2},
	       {"xz", pack_xz},
	       {"zstd", pack_zstd},
	       {"lz4", pack_lz4}};

static int file_of(const char *bytes, size_t length)
{
	char path[] = "/tmp/test_packed.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	ck_assert_int_eq(write(fd, bytes, length), length);
	return fd;
}

/* All that comes out, read by pieces of this size; the error is the caller's. */
static struct err *read_all(int fd, size_t piece, struct str *out)
{
	_cleanup_(cleanup_packed_file_close) struct packed_file *file = NULL;
	_free_ char *buf = malloc(piece);
	size_t got;

	TRY(packed_file_open(fd, &file));
	do {
		TRY(packed_file_read(file, buf, piece, &got));
		str_append(out, buf, got);
	} while (got);
	return NULL;
}

static void check(const char *bytes, size_t length, size_t piece, size_t times)
{
	_str_ struct str out = {0};
	_close_ int fd = file_of(bytes, length);

	assert_ok(read_all(fd, piece, &out));
	ck_assert_uint_eq(out.length, times * sizeof(text));
	for (size_t i = 0; i < times; i++)
		ck_assert(!memcmp(out.data + i * sizeof(text), text, sizeof(text)));
}

START_TEST(each_format)
{
	static char packed[2 * TEXT_BYTES + 4096];
	size_t length;

	fill_text();
	length = formats[_i].pack(packed, TEXT_BYTES);
	ck_assert_uint_gt(length, 0);
	check(packed, length, 1000, 1);
	check(packed, length, 1 << 20, 1);
	/* two members, and padding behind them */
	memcpy(packed + length, packed, length);
	memset(packed + 2 * length, 0, 512);
	check(packed, 2 * length, 65536, 2);
	check(packed, 2 * length + 512, 65536, 2);
}
END_TEST

START_TEST(cut_or_damaged)
{
	static char packed[TEXT_BYTES];
	size_t length;

	fill_text();
	length = formats[_i].pack(packed, sizeof(packed));
	for (size_t part = 8; part < length; part += length / 11) {
		_str_ struct str out = {0};
		_close_ int fd = file_of(packed, part);

		assert_err(read_all(fd, 65536, &out), ERR_CORRUPT);
		ck_assert(!out.length || !memcmp(out.data, text, out.length));
	}
	for (size_t i = 0; i < 40; i++) {
		_str_ struct str out = {0};
		size_t at = 8 + i * (length - 8) / 40;

		packed[at] ^= 0x55;
		_close_ int fd = file_of(packed, length);
		/* No error where the byte says nothing (gzip's time); broken runs of bzip2 grow. */
		err_free(read_all(fd, 65536, &out));
		ck_assert_uint_le(out.length, 256 * sizeof(text));
		packed[at] ^= 0x55;
	}
}
END_TEST

START_TEST(what_is_not_packed)
{
	_str_ struct str out = {0};
	_close_ int fd = file_of("plain", 5), empty = file_of("", 0);

	assert_ok(read_all(fd, 2, &out));
	ck_assert_str_eq(out.data, "plain");
	assert_ok(read_all(empty, 2, &out));
	assert_err(read_all(-1, 2, &out), ERR_IO);
}
END_TEST

/* A dictionary of 1.5 GiB is announced, by the block header's filter flags: refused, not allocated. */
START_TEST(memory_is_bounded)
{
	static char packed[TEXT_BYTES];
	_str_ struct str out = {0};
	uint8_t *header = (uint8_t *)packed + 12;
	size_t length = pack_xz(packed, sizeof(packed)), size = (header[0] + 1u) * 4;
	uint32_t crc;

	ck_assert_uint_eq(header[2], 0x21); /* LZMA2 */
	header[4] = 37;
	crc = lzma_crc32(header, size - 4, 0);
	memcpy(header + size - 4, &crc, 4);
	_close_ int fd = file_of(packed, length);
	assert_err(read_all(fd, 64, &out), ERR_LIMIT);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("packed_file");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, each_format, 0, ARRAY_SIZE(formats));
	tcase_add_loop_test(cases, cut_or_damaged, 0, ARRAY_SIZE(formats));
	tcase_add_test(cases, what_is_not_packed);
	tcase_add_test(cases, memory_is_bounded);
	return unit_run("packed_file", cases);
}
