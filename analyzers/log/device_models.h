/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_DEVICE_MODELS
#define TRIAGE_LOG_DEVICE_MODELS

#include "base/cleanup.h"
#include "base/error.h"

struct log;

/*
 * What kind of device stands behind a name, where the log has the lines in which the kernel found it: PCI's vendor and
 * device ("144d:a80a"), a disk's own words ("ATA SAMSUNG MZ7KM480").
 */
struct device_models;

struct err *device_models_read(const struct log *log, struct device_models **ret);
void device_models_free(struct device_models *models); /* NULL is fine */
DEFINE_CLEANUP(struct device_models, device_models_free)

/* Of a device as log/devices.h names it, of a partition that of its disk; NULL where the log does not say. */
const char *device_models_find(const struct device_models *models, const char *device);

#endif
