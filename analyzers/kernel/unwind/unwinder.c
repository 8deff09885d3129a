/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which way of unwinding a kernel was built for. */
#include "kernel/unwind/unwinder.h"

#include <stdlib.h>

#include "kernel/unwind/unwind_fp.h"
#include "kernel/unwind/unwind_orc.h"
#include "kernel/unwind/unwind_return.h"
#include "kernel/unwind/unwind_state.h"

DEFINE_CLEANUP(struct unwinder, unwinder_close)

struct err *unwinder_open(struct kernel *kernel, struct unwinder **ret, struct err **why)
{
	_cleanup_(cleanup_unwinder_close) struct unwinder *unwinder = calloc(1, sizeof(*unwinder));
	_err_ struct err *no_orc = NULL;
	bool frame_pointers = false;

	if (!unwinder)
		return &err_nomem;
	unwind_return_find_hooks(kernel, unwinder->return_hooks);
	no_orc = unwind_orc_open(kernel, &unwinder->orc);
	if (no_orc == &err_nomem)
		return no_orc;
	if (no_orc)
		TRY(unwind_fp_usable(kernel, &frame_pointers));
	unwinder->way = !no_orc ? WAY_ORC : frame_pointers ? WAY_FP : WAY_SCAN;
	*why = unwinder->way == WAY_SCAN ? take_ptr(no_orc) : NULL;
	*ret = take_ptr(unwinder);
	return NULL;
}

void unwinder_close(struct unwinder *unwinder)
{
	if (!unwinder)
		return;
	unwind_orc_close(unwinder->orc);
	free(unwinder);
}
