/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats of devices, networks and files that may have overwritten a pointer. */
#include "memory/value_formats.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

bool value_say(struct value_look *look, const char *kind, double confidence, const char *text)
{
	look->kind = kind;
	look->confidence = confidence;
	snprintf(look->text, sizeof(look->text), "%s", text);
	return true;
}

bool value_is_letter(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

/* USB 2.0, table 9-16: bLength, bDescriptorType 3, UTF-16LE text. */
bool value_is_usb_string(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[160];

	(void)value;
	if (b[0] < 4 || b[0] % 2 || b[1] != 3 || !value_is_letter(b[2]) || b[3] ||
	    !value_is_letter(b[4]) || b[5] || !value_is_letter(b[6]) || b[7])
		return false;
	snprintf(text, sizeof(text), "USB string descriptor of %u bytes beginning \"%c%c%c\"", b[0],
		 b[2], b[4], b[6]);
	return value_say(look, "usb_string", 0.97, text);
}

/* USB 2.0, tables 9-8, 9-10, 9-12, 9-13: length, type, then fields of few values. */
bool value_is_usb_descriptor(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)value;
	if (b[0] == 18 && b[1] == 1 && b[2] <= 0x20 && b[3] >= 1 && b[3] <= 3 &&
	    (b[7] == 8 || b[7] == 9 || b[7] == 16 || b[7] == 32 || b[7] == 64))
		return value_say(look, "usb_descriptor", 0.9, "USB device descriptor");
	if (b[0] == 9 && b[1] == 2 && b[4] <= 32 && b[5] && (b[7] & 0x80))
		return value_say(look, "usb_descriptor", 0.85, "USB configuration descriptor");
	if (b[0] == 9 && b[1] == 4 && b[4] <= 16 && b[5])
		return value_say(look, "usb_descriptor", 0.7, "USB interface descriptor");
	if (b[0] == 7 && b[1] == 5 && !(b[2] & 0x70) && b[2] & 0x0f && b[3] < 4 && (b[4] | b[5]) &&
	    b[5] < 0x18)
		return value_say(look, "usb_descriptor", 0.7, "USB endpoint descriptor");
	return false;
}

bool value_is_ascii(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	size_t length = 0;
	char text[64];

	(void)value;
	if (!memcmp(b, b + 1, 7))
		return false; /* filled, not written */
	while (length < 8 && value_is_letter(b[length]))
		length++;
	for (size_t i = length; i < 8; i++)
		if (b[i])
			return false;
	if (length < 5)
		return false;
	snprintf(text, sizeof(text), "text: \"%.*s\"", (int)length, (const char *)b);
	/* 95 of 256 bytes are letters: chance makes eight of them once in 2,800. */
	return value_say(look, "ascii", length == 8 ? 0.9 : 0.7, text);
}

bool value_is_utf16(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[64];

	(void)value;
	for (size_t i = 0; i < 8; i += 2)
		if (!value_is_letter(b[i]) || b[i + 1])
			return false;
	snprintf(text, sizeof(text), "UTF-16 text: \"%c%c%c%c\"", b[0], b[2], b[4], b[6]);
	return value_say(look, "utf16", 0.9, text);
}

bool value_is_file(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	static const struct {
		uint8_t size, bytes[8];
		const char *text;
	} known[] = {
		{4, {0x7f, 'E', 'L', 'F'}, "ELF header"},
		{4, {0xff, 0xd8, 0xff, 0xe0}, "JPEG header"},
		{4, {0xff, 0xd8, 0xff, 0xe1}, "JPEG header (Exif)"},
		{8, {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a}, "PNG header"},
		{3, {0x1f, 0x8b, 0x08}, "gzip header"},
		{4, {'P', 'K', 3, 4}, "ZIP header"},
		{6, {0xfd, '7', 'z', 'X', 'Z', 0}, "xz header"},
		{4, {0x28, 0xb5, 0x2f, 0xfd}, "zstd frame"},
	};

	(void)value;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!memcmp(b, known[i].bytes, known[i].size))
			return value_say(look, "file_magic", 0.85, known[i].text);
	return false;
}

/* First bytes of packets: IEEE 802.3, RFC 826 (ARP), 791 (IP), 8200 (IPv6). */
bool value_is_network(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	if (!memcmp(b, "\x00\x01\x08\x00\x06\x04\x00", 7) && b[7] >= 1 && b[7] <= 2)
		return value_say(look, "network", 0.95, "ARP packet");
	if (b[0] == 0x45 && (b[6] == 0x40 || b[6] == 0) && b[7] == 0 && b[2] < 0x24 &&
	    (b[2] << 8 | b[3]) >= 20 && value >> 32)
		return value_say(look, "network", 0.7, "IPv4 header");
	if (b[0] == 0x60 && b[1] < 0x10 && b[4] < 0x24 && (b[6] == 6 || b[6] == 17 || b[6] == 58) &&
	    (b[7] == 64 || b[7] == 128 || b[7] == 255))
		return value_say(look, "network", 0.8, "IPv6 header");
	if (!memcmp(b, "\xff\xff\xff\xff\xff\xff", 6))
		return value_say(look, "network", 0.6, "Ethernet broadcast address");
	return false;
}

/* What a disk or adapter reads as a command: SPC-4, SBC-3. Reserved and control bytes are 0. */
static bool scsi_command(const uint8_t b[8], struct value_look *look)
{
	char text[64];
	const char *name = b[0] == 0x28 ? "READ(10)" : b[0] == 0x2a ? "WRITE(10)" : NULL;

	/* DPO and FUA, an address, a group, a length of at most 2 MiB that is not 0 */
	if (name && !(b[1] & 0xe7) && !(b[6] & 0xe0) && b[7] < 0x10 && (b[4] | b[5] | b[7]) &&
	    b[2] < 0x80) {
		snprintf(text, sizeof(text), "SCSI command %s of block %u", name,
			 (unsigned)b[2] << 24 | (unsigned)b[3] << 16 | (unsigned)b[4] << 8 | b[5]);
		return value_say(look, "scsi", 0.5, text);
	}
	if (b[0] == 0x12 && b[1] <= 1 && (b[1] || !b[2]) && b[3] == 0 && b[4] >= 5 && !b[5] &&
	    !b[6] && !b[7])
		return value_say(look, "scsi", 0.9, "SCSI command INQUIRY");
	if (b[0] == 0x03 && b[1] <= 1 && !b[2] && !b[3] && b[4] >= 18 && !b[5] && !b[6] && !b[7])
		return value_say(look, "scsi", 0.8, "SCSI command REQUEST SENSE");
	return false;
}

/* What comes back. Fixed-format sense data has a length of 10 or more, an INQUIRY answer 31 up. */
bool value_is_scsi(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[64];

	(void)value;
	if ((b[0] & 0x7e) == 0x70 && !b[1] && !(b[2] & 0x10) && (b[2] & 0x0f) <= 0xe &&
	    b[7] >= 10 && b[7] <= 20) {
		snprintf(text, sizeof(text), "SCSI sense data, key %u", b[2] & 0xf);
		return value_say(look, "scsi", 0.85, text);
	}
	if ((b[0] == 0 || b[0] == 5) && (b[1] & 0x7f) == 0 && b[2] >= 4 && b[2] <= 7 &&
	    (b[3] & 0xcf) == 2 && b[4] >= 31 && b[4] <= 91)
		return value_say(look, "scsi", 0.9, "SCSI INQUIRY answer");
	return scsi_command(b, look);
}

/*
 * Configuration space, PCI 3.0, 6.1: vendor, device, command, status. Status has its capability
 * list, command no bits that are reserved.
 */
bool value_is_pci(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	static const struct {
		uint16_t vendor;
		const char *name;
	} vendors[] = {
		{0x8086, "Intel"},    {0x1022, "AMD"},	    {0x1002, "AMD"},  {0x10de, "NVIDIA"},
		{0x15b3, "Mellanox"}, {0x14e4, "Broadcom"}, {0x1000, "LSI"},  {0x1af4, "virtio"},
		{0x144d, "Samsung"},  {0x1077, "QLogic"},   {0x1b36, "QEMU"}, {0x1a03, "ASPEED"},
	};
	uint16_t command = (uint16_t)(value >> 32), status = (uint16_t)(value >> 48);
	char text[96];

	(void)b;
	if (command & 0xf800 || !(command & 7) || !(status & 0x10) || status & 0x47 ||
	    !(uint16_t)(value >> 16))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++)
		if (vendors[i].vendor == (uint16_t)value) {
			snprintf(text, sizeof(text),
				 "PCI configuration header of %s device %04x:%04x", vendors[i].name,
				 vendors[i].vendor, (unsigned)(value >> 16 & 0xffff));
			return value_say(look, "pci", 0.85, text);
		}
	return false;
}
