/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_APPORT_FILE
#define TRIAGE_KERNEL_DUMP_APPORT_FILE

#include "base/error.h"

/*
 * Ubuntu's apport keeps a kernel's crash in one text file, /var/crash/linux-image-*.crash: lines of
 * "Key: value", where the dump is the value of VmCore, packed with gzip or zstd and then written in
 * lines of base64, a blank in front of each (apport's problem_report.py).
 */
struct apport_file;

/* By the first bytes of a file. A program's crash, which has the same form, is none. */
bool apport_file_is(const void *start, size_t length);
/*
 * fd stays the caller's and must stay open; it is read by offset. *ret is the caller's.
 * ERR_NOT_FOUND when the report has no dump in it.
 */
struct err *apport_file_open(int fd, struct apport_file **ret);
/* The packed dump's bytes, in order; *got is 0 at the end alone. ERR_CORRUPT for what is no base64. */
struct err *apport_file_read(struct apport_file *file, void *buf, size_t size, size_t *got);
void apport_file_close(struct apport_file *file);
DEFINE_CLEANUP(struct apport_file, apport_file_close)

#endif
