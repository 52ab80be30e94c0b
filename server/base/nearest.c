/*
 * nearest.c - the name that was probably meant, for "did you mean".
 */
#include "concordat/base/text.h"

#define NAME_MOST 40 /* longer names are not compared */

static size_t least_of(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* One row at a time. */
size_t text_distance(struct text a, struct text b)
{
	size_t row[NAME_MOST + 1];

	if (a.len > NAME_MOST || b.len > NAME_MOST)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t above = row[j];

			row[j] = least_of(above + 1, row[j - 1] + 1,
					  corner + (a.at[i - 1] != b.at[j - 1]));
			corner = above;
		}
	}
	return row[b.len];
}

const char *text_nearest(struct text given, const char *const *names)
{
	size_t best = 1 + given.len / 4;
	const char *found = NULL;

	for (size_t i = 0; names[i]; i++) {
		size_t far = text_distance(given, text_of(names[i]));

		if (far < best || (far == best && !found)) {
			best = far;
			found = names[i];
		}
	}
	return found;
}
