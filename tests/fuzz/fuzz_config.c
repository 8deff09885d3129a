/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A triaged.conf of any bytes. */
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;
	char *text = strndup((const char *)data, size);

	if (text)
		err_ok(config_parse(text, "fuzz", &config));
	free(text);
	return 0;
}
