/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a dump is: SHA-256 over its size, its header and samples of it. */
#include "daemon/spool/identity.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <gcrypt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"

#define HEAD_SIZE (128u << 10) /* headers, notes and VMCOREINFO of all known writers */
#define SAMPLE_SIZE 4096u
#define SAMPLES 16u

static struct err *hash_range(int fd, gcry_md_hd_t sha, uint64_t offset, uint64_t length)
{
	uint8_t buf[SAMPLE_SIZE];
	size_t got = sizeof(buf);

	while (length && got == sizeof(buf)) {
		TRY(io_read_at(fd, offset, buf, MIN(length, sizeof(buf)), &got));
		gcry_md_write(sha, buf, got);
		offset += got;
		length -= got;
	}
	return NULL;
}

static void cleanup_md_close(gcry_md_hd_t *sha)
{
	gcry_md_close(*sha);
}

static struct err *open_sha256(gcry_md_hd_t *ret)
{
	if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
		gcry_check_version(NULL);
		gcry_control(GCRYCTL_DISABLE_SECMEM); /* nothing here is secret */
		gcry_control(GCRYCTL_INITIALIZATION_FINISHED);
	}
	gcry_error_t why = gcry_md_open(ret, GCRY_MD_SHA256, 0);
	if (!why)
		return NULL;
	return gcry_err_code(why) == GPG_ERR_ENOMEM
		       ? err_errno(ENOMEM, "SHA-256")
		       : err_new(ERR_UNSUPPORTED, "SHA-256: %s", gcry_strerror(why));
}

static struct err *hash_file(int fd, uint64_t size, char uid[IDENTITY_UID_SIZE])
{
	_cleanup_(cleanup_md_close) gcry_md_hd_t sha = NULL;
	uint64_t announced = htole64(size), step = size / (SAMPLES + 1);

	TRY(open_sha256(&sha));
	gcry_md_write(sha, &announced, sizeof(announced));
	TRY(hash_range(fd, sha, 0, HEAD_SIZE));
	for (uint64_t i = 1; i <= SAMPLES && size > HEAD_SIZE; i++)
		TRY(hash_range(fd, sha, i * step, SAMPLE_SIZE));
	if (size > HEAD_SIZE)
		TRY(hash_range(fd, sha, size - SAMPLE_SIZE, SAMPLE_SIZE));
	const uint8_t *digest = gcry_md_read(sha, GCRY_MD_SHA256);
	for (int i = 0; i < (IDENTITY_UID_SIZE - 1) / 2; i++)
		snprintf(uid + 2 * i, 3, "%02x", digest[i]);
	return NULL;
}

struct err *identity_read(int fd, struct identity *ret)
{
	struct identity identity;
	struct stat st;

	if (fstat(fd, &st))
		return err_errno(errno, "stat");
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_INVALID, "not a regular file");
	identity.device = st.st_dev;
	identity.inode = st.st_ino;
	identity.size = st.st_size;
	identity.mtime_ns = st.st_mtim.tv_sec * 1000000000ll + st.st_mtim.tv_nsec;
	TRY(hash_file(fd, identity.size, identity.uid));
	*ret = identity;
	return NULL;
}
