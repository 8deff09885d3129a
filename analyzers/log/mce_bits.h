/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_MCE_BITS
#define TRIAGE_LOG_MCE_BITS

#include <stdint.h>

/* Bits of a bank's status, the same on Intel and AMD (SDM vol. 3B, 16.3.2.2). */
#define MCE_VALID (UINT64_C(1) << 63)
#define MCE_OVERFLOW (UINT64_C(1) << 62)
#define MCE_UNCORRECTED_BIT (UINT64_C(1) << 61)
#define MCE_ENABLED (UINT64_C(1) << 60)
#define MCE_CONTEXT_CORRUPT (UINT64_C(1) << 57)
#define MCE_COUNT (UINT64_C(0x7fff) << 38) /* of corrected errors */
/* Of Intel's, where software can recover. */
#define MCE_SIGNALED (UINT64_C(1) << 56)
#define MCE_ACTION_REQUIRED (UINT64_C(1) << 55)
/* Of AMD's (PPR, MCA_STATUS). */
#define MCE_AMD_CECC (UINT64_C(1) << 46)
#define MCE_AMD_UECC (UINT64_C(1) << 45)
#define MCE_AMD_DEFERRED (UINT64_C(1) << 44)
#define MCE_AMD_POISON (UINT64_C(1) << 43)

#endif
