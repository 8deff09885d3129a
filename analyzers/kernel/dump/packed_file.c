/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads files that are compressed as a whole, as logs are kept and passed around. */
#include "kernel/dump/packed_file.h"

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/dump/apport_file.h"

#define INPUT_BYTES (64u << 10)

/* Bytes not decoded yet, and room for those that are; both move on as they are used. */
struct step {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
	bool member_end; /* a member ended with this step */
};

union decoder {
	z_stream gzip;
	bz_stream bzip2;
	lzma_stream xz;
	ZSTD_DStream *zstd;
	LZ4F_dctx *lz4;
};

struct codec {
	const char *name;
	const char *magic;
	size_t magic_length;
	/* A decoder at the beginning of a member; false when there is no memory for one. */
	bool (*open)(union decoder *decoder);
	struct err *(*decode)(union decoder *decoder, struct step *step);
	void (*close)(union decoder *decoder);
};

struct packed_file {
	int fd;
	uint64_t offset;	    /* of the file, behind what is in input */
	struct apport_file *apport; /* what it is taken out of, or NULL */
	const struct codec *codec;
	union decoder decoder;
	bool open;    /* decoder is */
	bool started; /* a member has begun and not ended */
	bool ended;
	size_t at, filled; /* of input */
	uint8_t input[INPUT_BYTES];
};

static struct err *broken(const char *name)
{
	return err_new(ERR_CORRUPT, "the %s data is broken", name);
}

/* --- gzip ------------------------------------------------------------------------------------- */

static bool gzip_open(union decoder *decoder)
{
	decoder->gzip = (z_stream){0};
	return inflateInit2(&decoder->gzip, 15 + 16) == Z_OK;
}

static struct err *gzip_decode(union decoder *decoder, struct step *step)
{
	z_stream *stream = &decoder->gzip;
	size_t in = MIN(step->in_left, (size_t)INT32_MAX),
	       out = MIN(step->out_left, (size_t)INT32_MAX);

	stream->next_in = (Bytef *)step->in;
	stream->avail_in = (uInt)in;
	stream->next_out = step->out;
	stream->avail_out = (uInt)out;
	int result = inflate(stream, Z_NO_FLUSH);

	step->in_left -= in - stream->avail_in;
	step->out_left -= out - stream->avail_out;
	step->member_end = result == Z_STREAM_END;
	if (result == Z_MEM_ERROR)
		return &err_nomem;
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? NULL
										 : broken("gzip");
}

static void gzip_close(union decoder *decoder)
{
	inflateEnd(&decoder->gzip);
}

/* --- bzip2 ------------------------------------------------------------------------------------ */

static bool bzip2_open(union decoder *decoder)
{
	decoder->bzip2 = (bz_stream){0};
	return BZ2_bzDecompressInit(&decoder->bzip2, 0, 0) == BZ_OK;
}

static struct err *bzip2_decode(union decoder *decoder, struct step *step)
{
	bz_stream *stream = &decoder->bzip2;
	size_t in = MIN(step->in_left, (size_t)INT32_MAX),
	       out = MIN(step->out_left, (size_t)INT32_MAX);

	stream->next_in = (char *)step->in;
	stream->avail_in = (unsigned)in;
	stream->next_out = (char *)step->out;
	stream->avail_out = (unsigned)out;
	int result = BZ2_bzDecompress(stream);

	step->in_left -= in - stream->avail_in;
	step->out_left -= out - stream->avail_out;
	step->member_end = result == BZ_STREAM_END;
	if (result == BZ_MEM_ERROR)
		return &err_nomem;
	return result == BZ_OK || result == BZ_STREAM_END ? NULL : broken("bzip2");
}

static void bzip2_close(union decoder *decoder)
{
	BZ2_bzDecompressEnd(&decoder->bzip2);
}

/* --- xz --------------------------------------------------------------------------------------- */

static bool xz_open(union decoder *decoder)
{
	decoder->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&decoder->xz, PACKED_MEMORY_MAX, 0) == LZMA_OK;
}

static struct err *xz_decode(union decoder *decoder, struct step *step)
{
	lzma_stream *stream = &decoder->xz;

	stream->next_in = step->in;
	stream->avail_in = step->in_left;
	stream->next_out = step->out;
	stream->avail_out = step->out_left;
	lzma_ret result = lzma_code(stream, LZMA_RUN);

	step->in_left = stream->avail_in;
	step->out_left = stream->avail_out;
	step->member_end = result == LZMA_STREAM_END;
	if (result == LZMA_MEM_ERROR)
		return &err_nomem;
	if (result == LZMA_MEMLIMIT_ERROR)
		return err_new(ERR_LIMIT, "xz: unpacking takes more than %u MiB of memory",
			       PACKED_MEMORY_MAX >> 20);
	return result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR
		       ? NULL
		       : broken("xz");
}

static void xz_close(union decoder *decoder)
{
	lzma_end(&decoder->xz);
}

/* --- zstd ------------------------------------------------------------------------------------- */

static bool zstd_open(union decoder *decoder)
{
	decoder->zstd = ZSTD_createDStream();
	return decoder->zstd != NULL;
}

static struct err *zstd_decode(union decoder *decoder, struct step *step)
{
	ZSTD_inBuffer in = {step->in, step->in_left, 0};
	ZSTD_outBuffer out = {step->out, step->out_left, 0};
	size_t result = ZSTD_decompressStream(decoder->zstd, &out, &in);

	step->in_left -= in.pos;
	step->out_left -= out.pos;
	step->member_end = !result;
	if (!ZSTD_isError(result))
		return NULL;
	/* A frame that wants a longer window than the library's own bound, 128 MiB. */
	if (!strcmp(ZSTD_getErrorName(result), "Frame requires too much memory for decoding"))
		return err_new(ERR_LIMIT, "zstd: unpacking takes more than %u MiB of memory",
			       PACKED_MEMORY_MAX >> 20);
	return broken("zstd");
}

static void zstd_close(union decoder *decoder)
{
	ZSTD_freeDStream(decoder->zstd);
}

/* --- lz4 -------------------------------------------------------------------------------------- */

static bool lz4_open(union decoder *decoder)
{
	return !LZ4F_isError(LZ4F_createDecompressionContext(&decoder->lz4, LZ4F_VERSION));
}

static struct err *lz4_decode(union decoder *decoder, struct step *step)
{
	size_t in = step->in_left, out = step->out_left;
	size_t result = LZ4F_decompress(decoder->lz4, step->out, &out, step->in, &in, NULL);

	step->in_left -= in;
	step->out_left -= out;
	step->member_end = !result;
	return LZ4F_isError(result) ? broken("lz4") : NULL;
}

static void lz4_close(union decoder *decoder)
{
	LZ4F_freeDecompressionContext(decoder->lz4);
}

/* --- all of them ------------------------------------------------------------------------------ */

static const struct codec codecs[] = {
	{"gzip", "\x1f\x8b", 2, gzip_open, gzip_decode, gzip_close},
	{"bzip2", "BZh", 3, bzip2_open, bzip2_decode, bzip2_close},
	{"xz",
	 "\xfd"
	 "7zXZ\0",
	 6, xz_open, xz_decode, xz_close},
	{"zstd", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_decode, zstd_close},
	{"lz4", "\x04\x22\x4d\x18", 4, lz4_open, lz4_decode, lz4_close},
};

static const struct codec *codec_of(const uint8_t *start, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++)
		if (length >= codecs[i].magic_length &&
		    !memcmp(start, codecs[i].magic, codecs[i].magic_length))
			return &codecs[i];
	return NULL;
}

const char *packed_file_format(const struct packed_file *file)
{
	return file->codec ? file->codec->name : NULL;
}

/* Keeps what is left of input and reads more behind it, until it is full or the file ends. */
static struct err *refill(struct packed_file *file)
{
	size_t got, room;

	memmove(file->input, file->input + file->at, file->filled - file->at);
	file->filled -= file->at;
	file->at = 0;
	room = sizeof(file->input) - file->filled;
	if (file->apport)
		TRY(apport_file_read(file->apport, file->input + file->filled, room, &got));
	else
		TRY(io_read_at(file->fd, file->offset, file->input + file->filled, room, &got));
	file->offset += got;
	file->filled += got;
	return NULL;
}

/* A report without a dump stays what it is, a text. */
static struct err *look_into_apport(struct packed_file *file)
{
	struct err *err;

	if (!apport_file_is(file->input, file->filled))
		return NULL;
	err = apport_file_open(file->fd, &file->apport);
	if (err && err->code == ERR_NOT_FOUND) {
		err_free(err);
		return NULL;
	}
	TRY(err);
	file->at = file->filled;
	return refill(file);
}

struct err *packed_file_open(int fd, struct packed_file **ret)
{
	_cleanup_(cleanup_packed_file_close) struct packed_file *file = calloc(1, sizeof(*file));

	if (!file)
		return &err_nomem;
	file->fd = fd;
	TRY(refill(file));
	TRY(look_into_apport(file));
	file->codec = codec_of(file->input, file->filled);
	*ret = take_ptr(file);
	return NULL;
}

/* The next member, if another one of the same kind follows; what else follows is padding. */
static struct err *begin_member(struct packed_file *file)
{
	if (file->filled - file->at < file->codec->magic_length)
		TRY(refill(file));
	if (codec_of(file->input + file->at, file->filled - file->at) != file->codec) {
		file->ended = true;
		return NULL;
	}
	if (file->open)
		file->codec->close(&file->decoder);
	file->open = file->codec->open(&file->decoder);
	file->started = true;
	return file->open ? NULL : &err_nomem;
}

static struct err *decode(struct packed_file *file, struct step *step)
{
	size_t before = step->in_left, out = step->out_left;
	bool at_end = false;

	if (file->at == file->filled) {
		TRY(refill(file));
		at_end = file->at == file->filled;
		before = step->in_left = file->filled - file->at;
		step->in = file->input;
	}
	TRY(file->codec->decode(&file->decoder, step));
	file->at += before - step->in_left;
	if (step->member_end)
		file->started = false;
	else if (step->out_left == out && (at_end || step->in_left == before))
		return err_new(ERR_CORRUPT, "the file ends within its %s data", file->codec->name);
	return NULL;
}

static struct err *read_packed(struct packed_file *file, void *buf, size_t size, size_t *got)
{
	while (!*got && !file->ended) {
		if (!file->started)
			TRY(begin_member(file));
		if (file->ended)
			break;
		struct step step = {.in = file->input + file->at,
				    .in_left = file->filled - file->at,
				    .out = buf,
				    .out_left = size};

		TRY(decode(file, &step));
		*got = size - step.out_left;
	}
	return NULL;
}

struct err *packed_file_read(struct packed_file *file, void *buf, size_t size, size_t *got)
{
	*got = 0;
	if (file->codec)
		return read_packed(file, buf, size, got);
	if (file->at == file->filled)
		TRY(refill(file));
	*got = MIN(size, file->filled - file->at);
	memcpy(buf, file->input + file->at, *got);
	file->at += *got;
	return NULL;
}

void packed_file_close(struct packed_file *file)
{
	if (!file)
		return;
	if (file->open)
		file->codec->close(&file->decoder);
	apport_file_close(file->apport);
	free(file);
}
