/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_SHA256
#define TRIAGE_BASE_SHA256

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

/* SHA-256 (FIPS 180-4), for identities that an attacker must not be able to forge. */
struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	uint8_t block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, const void *data, size_t length);
void sha256_final(struct sha256 *sha, uint8_t digest[SHA256_SIZE]);

#endif
