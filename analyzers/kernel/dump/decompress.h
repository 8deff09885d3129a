/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DECOMPRESS
#define TRIAGE_KERNEL_DUMP_DECOMPRESS

#include "base/error.h"

/* Decodes the pages of kdump-compressed dumps. */
struct decompressor;

/* Flags of a page descriptor; none of them: the page is stored as it is (diskdump_mod.h). */
#define PAGE_ZLIB 0x1
#define PAGE_LZO 0x2
#define PAGE_SNAPPY 0x4
#define PAGE_ZSTD 0x20
#define PAGE_COMPRESSED (PAGE_ZLIB | PAGE_LZO | PAGE_SNAPPY | PAGE_ZSTD)

/* One a thread. */
struct err *decompressor_open(struct decompressor **ret);
void decompressor_close(struct decompressor *decompressor);
DEFINE_CLEANUP(struct decompressor, decompressor_close)

/* "zlib", "lzo", "snappy", "zstd", "none"; of several flags, the first. */
const char *decompress_name(uint32_t flags);
/* Decode size bytes into exactly one page; false when they do not make one. */
bool decompress_page(struct decompressor *decompressor, uint32_t flags, const void *bytes,
		     size_t size, void *page);

#endif
