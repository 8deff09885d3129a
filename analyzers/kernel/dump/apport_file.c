/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the dump out of an apport report. */
#include "kernel/dump/apport_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"

#define PIECE_BYTES (64u << 10)

static const char head[] = "ProblemType: KernelCrash\n";
static const char key[] = "\nVmCore: base64\n";

struct apport_file {
	int fd;
	uint64_t offset; /* of the file, behind what is in piece */
	size_t at, filled;
	bool line_start, ended;
	uint32_t bits; /* of a quad of base64 that is not whole yet */
	unsigned digits, padding;
	char piece[PIECE_BYTES];
};

bool apport_file_is(const void *start, size_t length)
{
	return length >= sizeof(head) - 1 && !memcmp(start, head, sizeof(head) - 1);
}

/* Keeps the last keep bytes and reads on behind them. */
static struct err *refill(struct apport_file *file, size_t keep)
{
	size_t got;

	memmove(file->piece, file->piece + file->filled - keep, keep);
	TRY(io_read_at(file->fd, file->offset, file->piece + keep, sizeof(file->piece) - keep,
		       &got));
	file->offset += got;
	file->filled = keep + got;
	file->at = 0;
	return NULL;
}

/* Leaves the file before the first line of the dump. */
static struct err *find_dump(struct apport_file *file)
{
	size_t keep = 0;

	for (;;) {
		TRY(refill(file, keep));
		const char *found = memmem(file->piece, file->filled, key, sizeof(key) - 1);
		if (found) {
			file->at = (size_t)(found - file->piece) + sizeof(key) - 1;
			return NULL;
		}
		if (file->filled <= keep)
			return err_new(ERR_NOT_FOUND, "the apport report has no VmCore");
		keep = MIN(file->filled, sizeof(key) - 2);
	}
}

struct err *apport_file_open(int fd, struct apport_file **ret)
{
	_cleanup_(cleanup_apport_file_close) struct apport_file *file = calloc(1, sizeof(*file));

	if (!file)
		return &err_nomem;
	file->fd = fd;
	file->line_start = true;
	TRY(find_dump(file));
	*ret = take_ptr(file);
	return NULL;
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One character more; a quad that is whole is written to out, *got bytes on. */
static struct err *take(struct apport_file *file, char c, uint8_t *out, size_t *got)
{
	int digit = c == '=' ? 0 : digit_of(c);

	if (digit < 0 || (file->padding && c != '=') || (c == '=' && file->digits < 2))
		return err_new(ERR_CORRUPT, "the apport report's VmCore is not base64");
	file->padding += c == '=';
	file->bits = file->bits << 6 | (unsigned)digit;
	if (++file->digits < 4)
		return NULL;
	for (unsigned i = 0; i < 3 - file->padding; i++)
		out[(*got)++] = (uint8_t)(file->bits >> (16 - 8 * i));
	file->bits = file->digits = file->padding = 0;
	return NULL;
}

/* Each line is base64 of its own: the next begins with a blank, or another key begins. */
static struct err *take_next(struct apport_file *file, uint8_t *out, size_t *got)
{
	char c = file->piece[file->at++];

	if (file->line_start) {
		file->line_start = false;
		file->ended = c != ' ';
		return NULL;
	}
	if (c != '\n')
		return take(file, c, out, got);
	file->line_start = true;
	return file->digits ? err_new(ERR_CORRUPT, "a line of the apport report's VmCore is cut")
			    : NULL;
}

struct err *apport_file_read(struct apport_file *file, void *buf, size_t size, size_t *got)
{
	*got = 0;
	while (!file->ended && size - *got >= 3) {
		if (file->at == file->filled)
			TRY(refill(file, 0));
		if (!file->filled) { /* the packed data's own end tells whether it is whole */
			file->ended = true;
			break;
		}
		TRY(take_next(file, buf, got));
	}
	return NULL;
}

void apport_file_close(struct apport_file *file)
{
	free(file);
}
