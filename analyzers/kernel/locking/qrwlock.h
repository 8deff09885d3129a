/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_QRWLOCK
#define TRIAGE_KERNEL_LOCKING_QRWLOCK

#include <stdbool.h>
#include <stdint.h>

/* include/asm-generic/qrwlock_types.h: writer in bits 0-7, bit 8 writer waiting, readers above. */
struct qrwlock {
	bool writer, writer_waiting;
	uint32_t readers;
};
void qrwlock_decode(uint32_t value, struct qrwlock *ret);

#endif
