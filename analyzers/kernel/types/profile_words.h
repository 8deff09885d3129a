/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_PROFILE_WORDS
#define TRIAGE_KERNEL_TYPES_PROFILE_WORDS

#include "kernel/types/type.h"

/* Words of a profile's file, for who writes and who reads it. */
#define PROFILE_MAGIC "triage profile 1"

static const struct {
	enum type_kind kind;
	const char *word;
} profile_words[] = {
	{TYPE_INT, "int"},	   {TYPE_FLOAT, "float"}, {TYPE_ENUM, "enum"},
	{TYPE_POINTER, "pointer"}, {TYPE_ARRAY, "array"}, {TYPE_STRUCT, "struct"},
	{TYPE_UNION, "union"},
};

static inline const char *profile_word(enum type_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(profile_words); i++)
		if (profile_words[i].kind == kind)
			return profile_words[i].word;
	return "void";
}

#endif
