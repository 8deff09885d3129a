/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machine this is. */
#include "daemon/forward/machine.h"

#include <systemd/sd-id128.h>

/* Of this program: another one gets another id of the same machine. */
#define APPLICATION SD_ID128_MAKE(6c, 1f, 0e, 5d, 92, 4b, 4a, 0c, 8a, 37, 2f, 5e, 9b, 60, d1, 48)

struct err *machine_id(char ret[MACHINE_SIZE])
{
	sd_id128_t id;
	int failed = sd_id128_get_machine_app_specific(APPLICATION, &id);

	if (failed < 0)
		return err_errno(-failed,
				 "/etc/machine-id says not which machine this is (--machine does)");
	sd_id128_to_string(id, ret);
	return NULL;
}
