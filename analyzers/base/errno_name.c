/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of errors, those too that never leave the kernel: include/linux/errno.h. */
#include "base/errno_name.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const kernel_errors[] = {
	[0] = "ERESTARTSYS",
	[1] = "ERESTARTNOINTR",
	[2] = "ERESTARTNOHAND",
	[3] = "ENOIOCTLCMD",
	[4] = "ERESTART_RESTARTBLOCK",
	[5] = "EPROBE_DEFER",
	[6] = "EOPENSTALE",
	[7] = "ENOPARAM",
	[9] = "EBADHANDLE",
	[10] = "ENOTSYNC",
	[11] = "EBADCOOKIE",
	[12] = "ENOTSUPP",
	[13] = "ETOOSMALL",
	[14] = "ESERVERFAULT",
	[15] = "EBADTYPE",
	[16] = "EJUKEBOX",
	[17] = "EIOCBQUEUED",
	[18] = "ERECALLCONFLICT",
	[19] = "ENOGRACE",
};
#define KERNEL_ERRORS 512 /* the first of them */

const char *errno_name(uint64_t number)
{
	if (number - KERNEL_ERRORS < ARRAY_SIZE(kernel_errors))
		return kernel_errors[number - KERNEL_ERRORS];
	return number && number < KERNEL_ERRORS ? strerrorname_np((int)number) : NULL;
}

uint64_t errno_of_pointer(uint64_t value)
{
	return -value <= ERRNO_MAX ? -value : 0;
}
