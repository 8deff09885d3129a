/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/spool/identity.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/sha256.h"

#define HEAD_SIZE (128u << 10) /* headers, notes and VMCOREINFO of all known writers */
#define SAMPLE_SIZE 4096u
#define SAMPLES 16u

static struct err *hash_range(int fd, struct sha256 *sha, uint64_t offset, uint64_t length)
{
	uint8_t buf[SAMPLE_SIZE];

	while (length) {
		ssize_t n = pread(fd, buf, MIN(length, sizeof(buf)), offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "read");
		if (!n)
			break;
		sha256_update(sha, buf, n);
		offset += n;
		length -= n;
	}
	return NULL;
}

static struct err *hash_file(int fd, uint64_t size, char uid[IDENTITY_UID_SIZE])
{
	uint64_t announced = htole64(size), step = size / (SAMPLES + 1);
	uint8_t digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_init(&sha);
	sha256_update(&sha, &announced, sizeof(announced));
	TRY(hash_range(fd, &sha, 0, HEAD_SIZE));
	for (uint64_t i = 1; i <= SAMPLES && size > HEAD_SIZE; i++)
		TRY(hash_range(fd, &sha, i * step, SAMPLE_SIZE));
	if (size > HEAD_SIZE)
		TRY(hash_range(fd, &sha, size - SAMPLE_SIZE, SAMPLE_SIZE));
	sha256_final(&sha, digest);
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
