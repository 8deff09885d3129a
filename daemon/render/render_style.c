/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wide lines are, and whether they have colours. */
#include "daemon/render/render_style.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

#define DEFAULT_WIDTH 100

static struct {
	bool is_kept;
	int fd;
	struct render_style style;
} kept;

static struct render_style style_of(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	struct render_style style = {.width = DEFAULT_WIDTH};

	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		style = (struct render_style){.width = size.ws_col, .given = true};
	else if (columns && atoi(columns) > 0)
		style = (struct render_style){.width = (unsigned)atoi(columns), .given = true};
	style.width = MAX(style.width, 40u);
	style.colour = isatty(fd) && !getenv("NO_COLOR");
	return style;
}

struct render_style render_style_for(int fd)
{
	return kept.is_kept && kept.fd == fd ? kept.style : style_of(fd);
}

void render_style_keep(int fd)
{
	kept.style = style_of(fd);
	kept.fd = fd;
	kept.is_kept = true;
}
