/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/spool/identity.h"
#include "daemon/spool/sniff.h"

static int memory_file(const void *data, size_t length)
{
	int fd = memfd_create("dump", 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, data, length, 0), (ssize_t)length);
	return fd;
}

static struct sniff sniffed(int fd, uint64_t size)
{
	struct sniff sniff;

	assert_ok(sniff_file(fd, size, &sniff));
	return sniff;
}

START_TEST(formats_by_their_first_bytes)
{
	static const struct {
		const char *bytes;
		size_t length;
		enum sniff_format format;
	} starts[] = {
		{"KDUMP   x", 9, SNIFF_KDUMP},
		{"DISKDUMP", 8, SNIFF_KDUMP},
		{"makedumpfile", 12, SNIFF_FLATTENED},
		{"\x1f\x8b\x08", 3, SNIFF_GZIP},
		{"ProblemType: KernelCrash\nArch", 29, SNIFF_APPORT},
		{"ProblemType: Crash\nArchitectu", 29, SNIFF_NONE},
		{"BZh9", 4, SNIFF_BZIP2},
		{"\xfd"
		 "7zXZ\0",
		 6, SNIFF_XZ},
		{"\x04\x22\x4d\x18", 4, SNIFF_LZ4},
		{"\x28\xb5\x2f\xfd", 4, SNIFF_ZSTD},
		{"KDUM", 4, SNIFF_NONE},
		{"", 0, SNIFF_NONE},
		{"root:x:0:0", 10, SNIFF_NONE},
		{"\x7f"
		 "ELF",
		 4, SNIFF_NONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		ck_assert_int_eq(sniff_format_of(starts[i].bytes, starts[i].length),
				 starts[i].format);
	ck_assert(sniff_is_packed(SNIFF_ZSTD) && !sniff_is_packed(SNIFF_FLATTENED));
	ck_assert_str_eq(sniff_format_name(SNIFF_LZ4), "lz4");
	ck_assert_str_eq(sniff_format_name(SNIFF_NONE), "unknown");
}
END_TEST

START_TEST(flattened_ends_with_its_end_record)
{
	uint8_t data[8192] = "makedumpfile";
	_close_ int fd = memory_file(data, sizeof(data));

	ck_assert_int_eq(sniffed(fd, sizeof(data)).complete, SNIFF_SHORT);
	ck_assert_int_eq(sniffed(fd, 100).complete, SNIFF_SHORT);
	memset(data + sizeof(data) - 16, 0xff, 16);
	ck_assert_int_eq(pwrite(fd, data, sizeof(data), 0), sizeof(data));
	ck_assert_int_eq(sniffed(fd, sizeof(data)).complete, SNIFF_COMPLETE);
}
END_TEST

struct elf_file {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
};

START_TEST(elf_reaches_the_end_of_its_segments)
{
	struct elf_file elf = {
		.header = {.e_ident = ELFMAG,
			   .e_type = ET_CORE,
			   .e_phnum = 2,
			   .e_phoff = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr)},
		.segments = {{.p_offset = 4096, .p_filesz = 4096}, {.p_offset = 176}},
	};
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	_close_ int fd = memory_file(&elf, sizeof(elf));

	ck_assert_int_eq(sniffed(fd, 8191).complete, SNIFF_SHORT);
	ck_assert_int_eq(sniffed(fd, 8192).complete, SNIFF_COMPLETE);
	/* sizes that cannot be are for the worker to complain of, not a reason to wait for ever */
	elf.segments[1].p_filesz = UINT64_MAX;
	ck_assert_int_eq(pwrite(fd, &elf, sizeof(elf), 0), sizeof(elf));
	ck_assert_int_eq(sniffed(fd, 8192).complete, SNIFF_UNKNOWN);
	elf.header.e_phnum = 3; /* a program header beyond the end */
	elf.segments[1].p_filesz = 0;
	ck_assert_int_eq(pwrite(fd, &elf, sizeof(elf), 0), sizeof(elf));
	ck_assert_int_eq(sniffed(fd, 8192).complete, SNIFF_SHORT);
}
END_TEST

/* Header, one block of sub-header, two bitmaps with three pages, descriptors, page data. */
static void make_kdump(uint8_t *data)
{
	const uint32_t block = 4096, one = 1, two = 2;
	const uint64_t when = 1651495301;
	uint8_t *descriptor = data + 4 * 4096;

	memset(data, 0, 6 * 4096);
	memcpy(data, "KDUMP   ", 8);
	memcpy(data + 408, &when, 8);
	memcpy(data + 428, &block, 4);
	memcpy(data + 432, &one, 4);
	memcpy(data + 436, &two, 4);
	data[3 * 4096] = 0x07;
	for (uint64_t i = 0; i < 3; i++) {
		uint64_t offset = 5 * 4096 + i * 100;
		uint32_t length = 100;

		memcpy(descriptor + 24 * i, &offset, 8);
		memcpy(descriptor + 24 * i + 8, &length, 4);
	}
}

START_TEST(kdump_reaches_the_end_of_its_pages)
{
	uint8_t data[6 * 4096];

	make_kdump(data);
	_close_ int fd = memory_file(data, sizeof(data));

	ck_assert_int_eq(sniffed(fd, sizeof(data)).crash_time, 1651495301);
	ck_assert_int_eq(sniffed(fd, 5 * 4096 + 300).complete, SNIFF_COMPLETE);
	ck_assert_int_eq(sniffed(fd, 5 * 4096 + 299).complete, SNIFF_SHORT);
	ck_assert_int_eq(sniffed(fd, 4 * 4096 + 71).complete, SNIFF_SHORT);
}
END_TEST

/* Memory that ends with pages of zeros: their descriptors all lead to one page at the front. */
START_TEST(kdump_that_ends_with_zeros)
{
	uint8_t data[6 * 4096];
	const uint64_t zeros = 4 * 4096 + 24 * 1003;

	make_kdump(data);
	memset(data + 3 * 4096, 0xff, 125); /* a thousand pages */
	data[3 * 4096 + 125] = 0x07;	    /* and three */
	_close_ int fd = memory_file(data, sizeof(data));
	for (uint64_t i = 0; i < 1003; i++) {
		uint64_t descriptor[3] = {i == 2 ? 300000 : zeros, 100};

		ck_assert_int_eq(pwrite(fd, descriptor, 24, 4 * 4096 + (off_t)(24 * i)), 24);
	}
	ck_assert_int_eq(sniffed(fd, 300100).complete, SNIFF_COMPLETE);
	ck_assert_int_eq(sniffed(fd, 300099).complete, SNIFF_SHORT);
}
END_TEST

START_TEST(kdump_headers_are_not_trusted)
{
	uint8_t data[6 * 4096];

	make_kdump(data);
	memset(data + 432, 0xff, 8); /* four billion blocks of bitmap */
	_close_ int fd = memory_file(data, sizeof(data));
	ck_assert_int_eq(sniffed(fd, sizeof(data)).complete, SNIFF_UNKNOWN);

	make_kdump(data);
	memset(data + 408, 0xff, 8); /* a crash in the far future */
	data[424] = 8;		     /* the writer ran out of disk: as finished as it gets */
	ck_assert_int_eq(pwrite(fd, data, sizeof(data), 0), sizeof(data));
	ck_assert_int_eq(sniffed(fd, sizeof(data)).crash_time, 0);
	ck_assert_int_eq(sniffed(fd, sizeof(data)).complete, SNIFF_COMPLETE);

	ck_assert_int_eq(ftruncate(fd, 1000), 0);
	ck_assert_int_eq(sniffed(fd, 1000).complete, SNIFF_SHORT);
}
END_TEST

/* Stores know dumps by these: they must never change. */
START_TEST(identity_of_known_contents)
{
	size_t size = 1 << 20;
	_free_ uint8_t *data = malloc(size);
	struct identity identity;

	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i * 7 + (i >> 8) * 13);
	_close_ int empty = memory_file("", 0);
	_close_ int small = memory_file("abcabcabc", 9);
	_close_ int large = memory_file(data, size);
	assert_ok(identity_read(empty, &identity));
	ck_assert_str_eq(identity.uid, "af5570f5a1810b7af78caf4bc70a660f");
	assert_ok(identity_read(small, &identity));
	ck_assert_str_eq(identity.uid, "dc8c03954e58884191beff48af008937");
	assert_ok(identity_read(large, &identity));
	ck_assert_str_eq(identity.uid, "dac997e9cc8149e0b3febfcc1f4cbf24");
}
END_TEST

START_TEST(identity_survives_copies_and_sees_changes)
{
	size_t size = 1 << 20;
	_free_ uint8_t *data = calloc(1, size);
	struct identity a, b;

	memcpy(data, "KDUMP   ", 8);
	_close_ int first = memory_file(data, size);
	_close_ int copy = memory_file(data, size);

	assert_ok(identity_read(first, &a));
	assert_ok(identity_read(copy, &b));
	ck_assert_str_eq(a.uid, b.uid);
	ck_assert_uint_ne(a.inode, b.inode);
	ck_assert_uint_eq(strlen(a.uid), IDENTITY_UID_SIZE - 1);

	data[5000] = 1; /* in the header area */
	ck_assert_int_eq(pwrite(copy, data, size, 0), size);
	assert_ok(identity_read(copy, &b));
	ck_assert_str_ne(a.uid, b.uid);

	ck_assert_int_eq(ftruncate(first, size - 1), 0);
	assert_ok(identity_read(first, &b));
	ck_assert_str_ne(a.uid, b.uid);
}
END_TEST

START_TEST(identity_of_what_is_huge_or_no_file)
{
	_close_ int sparse = memory_file("x", 1);
	_close_ int directory = open("/", O_RDONLY | O_DIRECTORY);
	struct identity identity;

	ck_assert_int_eq(ftruncate(sparse, 1ll << 40), 0);
	assert_ok(identity_read(sparse, &identity));
	ck_assert_uint_eq(identity.size, 1ull << 40);
	assert_err(identity_read(directory, &identity), ERR_INVALID);
}
END_TEST

UNIT_MAIN("sniff", formats_by_their_first_bytes, flattened_ends_with_its_end_record,
	  elf_reaches_the_end_of_its_segments, kdump_reaches_the_end_of_its_pages,
	  kdump_that_ends_with_zeros, kdump_headers_are_not_trusted, identity_of_known_contents,
	  identity_survives_copies_and_sees_changes, identity_of_what_is_huge_or_no_file)
