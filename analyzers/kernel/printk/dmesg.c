/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a log that stands in files or a string. */
#include "kernel/printk/dmesg.h"

#include <elf.h>
#include <string.h>

#include "kernel/dump/packed_file.h"
#include "kernel/printk/dmesg_lines.h"
#include "kernel/printk/log_turn.h"

#define PIECE_BYTES (256u << 10)
#define FILES_MAX 4096

static struct err *finish(struct log_builder *builder, struct log **ret)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;

	TRY(log_finish(builder, "dmesg file", &log));
	TRY(log_turn(log));
	*ret = take_ptr(log);
	return NULL;
}

struct err *dmesg_parse(const char *text, size_t length, struct log **ret)
{
	struct log_builder builder = {0};

	dmesg_lines_add(&builder, text, length);
	return finish(&builder, ret);
}

struct text_reader {
	struct log_builder builder;
	struct dmesg_lines *lines;
	char *piece;
	uint64_t total;
	unsigned number; /* of the file */
};

/* What unpacks to a dump is none of ours. */
static bool is_dump(const char *start, size_t length)
{
	static const char *const magics[] = {"KDUMP   ", "DISKDUMP", "makedumpfile", ELFMAG};

	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (length > strlen(magics[i]) && !memcmp(start, magics[i], strlen(magics[i])))
			return true;
	return false;
}

static struct err *too_long(void)
{
	return err_new(ERR_LIMIT,
		       "the log is longer than %u MiB: what follows was not read; give its end "
		       "alone (tail -c)",
		       DMESG_SIZE_MAX >> 20);
}

static struct err *read_file(struct text_reader *reader, struct packed_file *file)
{
	const char *format = packed_file_format(file);

	for (bool first = true;; first = false) {
		size_t got;

		TRY(packed_file_read(file, reader->piece, PIECE_BYTES, &got));
		if (!got)
			return NULL;
		if (first && format && is_dump(reader->piece, got))
			return err_new(ERR_INVALID,
				       "the file is a crash dump compressed with %s: "
				       "decompress it first",
				       format);
		if (reader->total >= DMESG_SIZE_MAX)
			return too_long();
		got = MIN(got, (size_t)(DMESG_SIZE_MAX - reader->total));
		reader->total += got;
		dmesg_lines_feed(reader->lines, reader->piece, got);
	}
}

static struct err *take_file(struct text_reader *reader, int fd)
{
	_cleanup_(cleanup_packed_file_close) struct packed_file *file = NULL;

	TRY(packed_file_open(fd, &file));
	struct err *err = read_file(reader, file);

	dmesg_lines_end_file(reader->lines);
	return err;
}

/* The first file has to be readable; of what is broken behind that, all that could be read stands. */
static struct err *take_files(struct text_reader *reader, int fd,
			      int (*more)(void *context, unsigned number), void *context)
{
	struct err *err = take_file(reader, fd);

	if (err && (!reader->total || err == &err_nomem))
		return err;
	if (err)
		log_fail(&reader->builder, err);
	while (more && ++reader->number < FILES_MAX && reader->total < DMESG_SIZE_MAX) {
		_close_ int next = more(context, reader->number);

		if (next < 0)
			break;
		err = take_file(reader, next);
		if (err)
			log_fail(&reader->builder,
				 err_wrap(err, "file %u of the log", reader->number + 1));
	}
	return reader->total ? NULL : err_new(ERR_NOT_FOUND, "the log is empty");
}

static void text_reader_deinit(struct text_reader *reader)
{
	struct log *unused;

	dmesg_lines_close(reader->lines);
	free(reader->piece);
	if (err_ok(log_finish(&reader->builder, "", &unused)))
		log_close(unused);
}

struct err *dmesg_read(int fd, int (*more)(void *context, unsigned number), void *context,
		       struct log **ret)
{
	_cleanup_(text_reader_deinit) struct text_reader reader = {.piece = malloc(PIECE_BYTES)};

	if (!reader.piece)
		return &err_nomem;
	TRY(dmesg_lines_new(&reader.builder, &reader.lines));
	TRY(take_files(&reader, fd, more, context));
	dmesg_lines_close(take_ptr(reader.lines));
	if (!reader.builder.count && !reader.builder.err)
		return err_new(ERR_NOT_FOUND, "the log holds no text");
	return finish(&reader.builder, ret);
}
