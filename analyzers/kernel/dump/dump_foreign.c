/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says what a file is that is no dump we read, and what to do about it. */
#include "kernel/dump/dump_foreign.h"

#include <string.h>

/* Whole-file compression, as Debian's kdump-config and people do it, and dumps of other kinds. */
static const struct {
	const char *magic;
	size_t length;
	enum err_code code;
	const char *what;
} magics[] = {
	{"\x1f\x8b", 2, ERR_INVALID, "compressed with gzip: decompress it first"},
	{"\xfd"
	 "7zXZ",
	 5, ERR_INVALID, "compressed with xz: decompress it first"},
	{"\x04\x22\x4d\x18", 4, ERR_INVALID, "compressed with lz4: decompress it first"},
	{"\x28\xb5\x2f\xfd", 4, ERR_INVALID, "compressed with zstd: decompress it first"},
	{"BZh", 3, ERR_INVALID, "compressed with bzip2: decompress it first"},
	{"\x89LZO", 4, ERR_INVALID, "compressed with lzop: decompress it first"},
	{"PK\x03\x04", 4, ERR_INVALID, "a zip archive: unpack it first"},
	{"PAGEDUMP", 8, ERR_UNSUPPORTED, "a crash dump of 32-bit Windows"},
	{"PAGEDU64", 8, ERR_UNSUPPORTED, "a crash dump of Windows"},
	{"MDMP", 4, ERR_UNSUPPORTED, "a Windows minidump"},
	{"QFI\xfb", 4, ERR_INVALID, "a qcow2 disk image, not a crash dump"},
	{"QEVM", 4, ERR_UNSUPPORTED, "a QEMU migration stream: dump with dump-guest-memory"},
	{"LibvirtQemudSave", 16, ERR_UNSUPPORTED,
	 "a libvirt save file: dump with virsh dump --memory-only"},
	{"\xa8\x19\x01\x73\x61\x8f\x23\xed", 8, ERR_UNSUPPORTED, "a big-endian LKCD dump"},
	{"\xa8\x19\x01\x73\x61\x8f\x23\xfd", 8, ERR_UNSUPPORTED,
	 "a stand-alone dump of s390: only x86-64 dumps can be read"},
	{"\x14\x20\x28\x01", 4, ERR_UNSUPPORTED,
	 "a Hyper-V saved state: have MemProcFS or LiveCloudKd write its memory as a raw image"},
};

static bool is_ascii(const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];

		if ((c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\033') || c >= 0x7f)
			return false;
	}
	return true;
}

const char *foreign_name(const char *data, size_t length, enum err_code *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (length >= magics[i].length &&
		    !memcmp(data, magics[i].magic, magics[i].length)) {
			*code = magics[i].code;
			return magics[i].what;
		}
	return NULL;
}

struct err *foreign_explain(struct dump_file *file)
{
	enum err_code code;
	char data[512];
	size_t length;

	TRY(dump_file_read_some(file, 0, data, sizeof(data), &length));
	if (!length)
		return err_new(ERR_INVALID, "the file is empty");
	const char *what = foreign_name(data, length, &code);
	if (what)
		return err_new(code, "the file is %s", what);
	return is_ascii(data, length) ? err_new(ERR_INVALID, "no crash dump: the file is text")
				      : NULL;
}
