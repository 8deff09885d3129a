/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacks one page: zlib, lzo, snappy, zstd. The only file that knows these libraries. */
#include "kernel/dump/decompress.h"

#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "kernel/dump/dump_info.h"

struct decompressor {
	z_stream zlib; /* kept: setting one up costs as much as a page */
	bool has_zlib;
	ZSTD_DCtx *zstd;
};

struct err *decompressor_open(struct decompressor **ret)
{
	_cleanup_(cleanup_decompressor_close) struct decompressor *one = calloc(1, sizeof(*one));

	if (!one)
		return &err_nomem;
	one->has_zlib = inflateInit(&one->zlib) == Z_OK;
	one->zstd = ZSTD_createDCtx();
	if (!one->has_zlib || !one->zstd)
		return &err_nomem;
	if (lzo_init() != LZO_E_OK)
		return err_new(ERR_UNSUPPORTED, "the LZO library does not fit this program");
	*ret = take_ptr(one);
	return NULL;
}

void decompressor_close(struct decompressor *decompressor)
{
	if (!decompressor)
		return;
	if (decompressor->has_zlib)
		inflateEnd(&decompressor->zlib);
	ZSTD_freeDCtx(decompressor->zstd);
	free(decompressor);
}

const char *decompress_name(uint32_t flags)
{
	return flags & PAGE_ZLIB     ? "zlib"
	       : flags & PAGE_LZO    ? "lzo"
	       : flags & PAGE_SNAPPY ? "snappy"
	       : flags & PAGE_ZSTD   ? "zstd"
				     : "none";
}

static bool from_zlib(z_stream *stream, const void *bytes, size_t size, void *page)
{
	if (inflateReset(stream) != Z_OK)
		return false;
	stream->next_in = (Bytef *)(uintptr_t)bytes; /* not const unless ZLIB_CONST */
	stream->avail_in = (uInt)size;
	stream->next_out = page;
	stream->avail_out = PAGE_SIZE;
	return inflate(stream, Z_FINISH) == Z_STREAM_END && !stream->avail_out;
}

static bool from_lzo(const void *bytes, size_t size, void *page)
{
	lzo_uint length = PAGE_SIZE;

	return lzo1x_decompress_safe(bytes, size, page, &length, NULL) == LZO_E_OK &&
	       length == PAGE_SIZE;
}

static bool from_snappy(const void *bytes, size_t size, void *page)
{
	size_t length = PAGE_SIZE;

	return snappy_uncompress(bytes, size, page, &length) == SNAPPY_OK && length == PAGE_SIZE;
}

bool decompress_page(struct decompressor *decompressor, uint32_t flags, const void *bytes,
		     size_t size, void *page)
{
	switch (flags & PAGE_COMPRESSED) {
	case 0:
		if (size == PAGE_SIZE)
			memcpy(page, bytes, size);
		return size == PAGE_SIZE;
	case PAGE_ZLIB:
		return from_zlib(&decompressor->zlib, bytes, size, page);
	case PAGE_LZO:
		return from_lzo(bytes, size, page);
	case PAGE_SNAPPY:
		return from_snappy(bytes, size, page);
	case PAGE_ZSTD:
		return ZSTD_decompressDCtx(decompressor->zstd, page, PAGE_SIZE, bytes, size) ==
		       PAGE_SIZE;
	default:
		return false;
	}
}
