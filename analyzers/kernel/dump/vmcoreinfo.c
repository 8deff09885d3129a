/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses VMCOREINFO and looks up its keys. */
#include "kernel/dump/vmcoreinfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"

/* The kernel's own note is one page (VMCOREINFO_BYTES); more than these is no VMCOREINFO. */
#define TEXT_MAX (64u << 10)
#define LINES_MAX 4096

struct line {
	const char *key, *value;
};

struct vmcoreinfo {
	char *text; /* the note, '=' and '\n' replaced by NUL */
	struct line *lines;
	size_t count;
};

/* Take one line apart in place. Lines are text: a control byte says that this is something else. */
static bool split_line(char *text, size_t length, struct line *ret)
{
	char *equals = memchr(text, '=', length);

	if (!equals || equals == text)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	*equals = '\0';
	*ret = (struct line){text, equals + 1};
	return true;
}

static size_t count_lines(const char *text, size_t length)
{
	size_t count = 1;

	for (size_t i = 0; i < length; i++)
		count += text[i] == '\n';
	return count;
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	/* The first of two lines with one key counts: keep them in the order of the text. */
	return order ? order : (x->key > y->key) - (x->key < y->key);
}

static void split_lines(struct vmcoreinfo *info, size_t length, size_t max)
{
	for (size_t start = 0; start < length;) {
		char *end = memchr(info->text + start, '\n', length - start);
		size_t size = end ? (size_t)(end - info->text) - start : length - start;

		info->text[start + size] = '\0';
		if (size && info->count < max &&
		    split_line(info->text + start, size, &info->lines[info->count]))
			info->count++;
		start += size + 1;
	}
	qsort(info->lines, info->count, sizeof(*info->lines), compare_lines);
}

struct err *vmcoreinfo_parse(const char *text, size_t length, struct vmcoreinfo **ret)
{
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info = calloc(1, sizeof(*info));
	size_t lines;

	if (!info)
		return &err_nomem;
	/* The note is padded with NULs to its announced size. */
	length = strnlen(text, MIN(length, TEXT_MAX));
	lines = MIN(count_lines(text, length), LINES_MAX);
	info->text = malloc(length + 1);
	info->lines = calloc(lines, sizeof(*info->lines));
	if (!info->text || !info->lines)
		return &err_nomem;
	memcpy(info->text, text, length);
	info->text[length] = '\0';
	split_lines(info, length, lines);
	if (!info->count)
		return err_new(ERR_CORRUPT, "VMCOREINFO holds no key=value line");
	*ret = take_ptr(info);
	return NULL;
}

void vmcoreinfo_free(struct vmcoreinfo *info)
{
	if (!info)
		return;
	free(info->lines);
	free(info->text);
	free(info);
}

const char *vmcoreinfo_get(const struct vmcoreinfo *info, const char *key)
{
	size_t count = info ? info->count : 0;
	size_t at = array_first(count, i, strcmp(info->lines[i].key, key) >= 0);

	return at < count && !strcmp(info->lines[at].key, key) ? info->lines[at].value : NULL;
}

static const char *get_kind(const struct vmcoreinfo *info, const char *kind, const char *name)
{
	char key[128];

	if ((size_t)snprintf(key, sizeof(key), "%s(%s)", kind, name) >= sizeof(key))
		return NULL;
	return vmcoreinfo_get(info, key);
}

/* Decimal, perhaps negative, or hex with its 0x: NUMBER() lines of the kernel come as all three. */
static bool parse_number(const char *text, uint64_t *ret)
{
	bool negative = text[0] == '-';

	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		return parse_hex(text, strlen(text), ret);
	if (!parse_dec(text + negative, strlen(text + negative), ret))
		return false;
	if (negative)
		*ret = -*ret;
	return true;
}

static bool get_number(const struct vmcoreinfo *info, const char *kind, const char *name,
		       uint64_t *ret)
{
	const char *text = get_kind(info, kind, name);

	return text && parse_number(text, ret);
}

bool vmcoreinfo_symbol(const struct vmcoreinfo *info, const char *name, uint64_t *ret)
{
	const char *text = get_kind(info, "SYMBOL", name);

	return text && parse_hex(text, strlen(text), ret);
}

bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *name, uint64_t *ret)
{
	return get_number(info, "NUMBER", name, ret);
}

bool vmcoreinfo_offset(const struct vmcoreinfo *info, const char *name, uint64_t *ret)
{
	return get_number(info, "OFFSET", name, ret);
}

bool vmcoreinfo_size(const struct vmcoreinfo *info, const char *name, uint64_t *ret)
{
	return get_number(info, "SIZE", name, ret);
}

uint64_t vmcoreinfo_kaslr_offset(const struct vmcoreinfo *info)
{
	const char *text = vmcoreinfo_get(info, "KERNELOFFSET");
	uint64_t offset;

	return text && parse_hex(text, strlen(text), &offset) ? offset : 0;
}
