/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kallsyms tables out of any bytes: a header says where the tables lie and of what kind they are,
 * the rest is the image they are read from; then the same image is scanned for them.
 */
#include <string.h>

#include "base/parse.h"
#include "kernel/symbols/kallsyms_read.h"
#include "kernel/symbols/kallsyms_scan.h"

#define IMAGE_START 0xffffffff81000000ull
#define HEADER (1 + 5 * 4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t size;
};

static struct err *read_bytes(void *context, uint64_t address, void *buf, size_t length)
{
	const struct bytes *bytes = context;

	if (address < IMAGE_START || address - IMAGE_START > bytes->size ||
	    length > bytes->size - (address - IMAGE_START))
		return err_at(ERR_UNMAPPED, address, "outside");
	memcpy(buf, bytes->data + (address - IMAGE_START), length);
	return NULL;
}

static void ask(struct kallsyms_tables *tables)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	char name[64];
	size_t i, count;

	if (!err_ok(kallsyms_open(tables, &kallsyms)))
		return;
	count = kallsyms_count(kallsyms);
	for (size_t k = 0; k < MIN(count, 100u); k++) {
		kallsyms_name(kallsyms, count - 1 - k, name, sizeof(name));
		kallsyms_find(kallsyms, name, &i);
		kallsyms_at(kallsyms, kallsyms_address(kallsyms, k), &i);
	}
	kallsyms_find_suffixed(kallsyms, "shrink_slab", &i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kallsyms_tables tables;
	struct bytes bytes;

	if (size < HEADER)
		return 0;
	bytes = (struct bytes){data + HEADER, size - HEADER};
	const struct kallsyms_source source = {read_bytes, read_bytes, &bytes};
	const struct kallsyms_places places = {
		.kind = data[0] % 3,
		.base = IMAGE_START,
		.values = IMAGE_START + load_u32(data + 1),
		.num_syms = IMAGE_START + load_u32(data + 5),
		.names = IMAGE_START + load_u32(data + 9),
		.tokens = IMAGE_START + load_u32(data + 13),
		.token_index = IMAGE_START + load_u32(data + 17),
	};
	if (err_ok(kallsyms_read(&source, &places, &tables)))
		ask(&tables);
	if (err_ok(kallsyms_scan(&source, IMAGE_START, bytes.size, &tables)))
		ask(&tables);
	return 0;
}
