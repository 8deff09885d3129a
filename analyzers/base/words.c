/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for many words at once. The first four bytes of each word are hashed; where the text's four
 * bytes at hand are none of these, which is nearly everywhere, no word is compared. Many begin alike
 * ("BUG: ", "WARNING: "): they are told from each other by their last four bytes.
 */
#include "base/words.h"

#include <endian.h>
#include <string.h>

#include "base/parse.h"

#define KEY_BYTES 4
#define BUCKETS 8192

struct words {
	const char *const *list;
	uint16_t first[BUCKETS]; /* 1 + the first word of this hash; 0: there is none */
	struct word {
		uint32_t key, end; /* the first four bytes, the last four */
		uint16_t length;
		uint16_t next; /* 1 + the next word of this hash */
	} of[WORDS_MAX];
};

static unsigned bucket_of(uint32_t key)
{
	return key * 2654435761u >> 19;
}

struct err *words_new(const char *const *list, size_t count, struct words **ret)
{
	struct words *words = calloc(1, sizeof(*words));

	if (!words)
		return &err_nomem;
	words->list = list;
	for (size_t i = MIN(count, (size_t)WORDS_MAX); i-- > 0;) {
		uint16_t *first = &words->first[bucket_of(load_u32(list[i]))];
		size_t length = strlen(list[i]);

		words->of[i] = (struct word){
			.key = load_u32(list[i]),
			.end = load_u32(list[i] + length - KEY_BYTES),
			.length = (uint16_t)length,
			.next = *first,
		};
		*first = (uint16_t)(i + 1);
	}
	*ret = words;
	return NULL;
}

void words_free(struct words *words)
{
	free(words);
}

static uint32_t key_at(const char *text)
{
	uint32_t key;

	memcpy(&key, text, sizeof(key));
	return le32toh(key);
}

/* The next word of those that may stand at text, of length bytes: 1 + one of them, from is the first; 0 none. */
static unsigned match(const struct words *words, unsigned from, const char *text, size_t length)
{
	uint32_t key = key_at(text);

	for (; from; from = words->of[from - 1].next) {
		const struct word *word = &words->of[from - 1];

		if (word->key == key && word->length <= length &&
		    word->end == key_at(text + word->length - KEY_BYTES) &&
		    !memcmp(words->list[from - 1], text, word->length))
			break;
	}
	return from;
}

unsigned words_kinds(const struct words *words, const uint8_t *kinds, const char *text,
		     size_t length)
{
	unsigned found = 0;

	for (size_t at = 0; at + KEY_BYTES <= length; at++) {
		unsigned i = words->first[bucket_of(key_at(text + at))];

		while (i && (i = match(words, i, text + at, length - at))) {
			found |= kinds[i - 1];
			i = words->of[i - 1].next;
		}
	}
	return found;
}

bool words_find(const struct words *words, const char *text, size_t length, struct word_set *ret)
{
	bool found = false;

	for (size_t at = 0; at + KEY_BYTES <= length; at++) {
		unsigned i = words->first[bucket_of(key_at(text + at))];

		while (i && (i = match(words, i, text + at, length - at))) {
			if (!found)
				*ret = (struct word_set){0};
			found = true;
			ret->bits[(i - 1) / 64] |= UINT64_C(1) << (i - 1) % 64;
			i = words->of[i - 1].next;
		}
	}
	return found;
}

size_t word_set_next(const struct word_set *set, size_t from)
{
	for (size_t at = from / 64; at < ARRAY_SIZE(set->bits); at++) {
		uint64_t rest = set->bits[at];

		if (at == from / 64)
			rest &= UINT64_MAX << from % 64;
		if (rest)
			return at * 64 + (size_t)__builtin_ctzll(rest);
	}
	return WORDS_MAX;
}
