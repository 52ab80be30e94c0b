/*
 * trace.c - W3C Trace Context: reading a traceparent, and handing it on.
 */
#include "concordat/wire/trace.h"

#include <string.h>

#define VERSION_LEN 2
#define ID_AT 3
#define ID_LEN 32
#define PARENT_AT 36
#define PARENT_LEN 16
#define FLAGS_AT 53
#define WHOLE_LEN 55
#define FLAGS_KNOWN 3 /* sampled, and a random trace id */

/* -1: none; upper case is none. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_hex(const char *at, size_t len, bool may_be_zero)
{
	bool zero = true;

	for (size_t i = 0; i < len; i++) {
		if (digit(at[i]) < 0)
			return false;
		zero = zero && at[i] == '0';
	}
	return may_be_zero || !zero;
}

/* A later version may add fields behind a dash. */
bool trace_is_sound(struct text t)
{
	if (t.len < WHOLE_LEN || t.at[ID_AT - 1] != '-' || t.at[PARENT_AT - 1] != '-' ||
	    t.at[FLAGS_AT - 1] != '-')
		return false;
	if (!is_hex(t.at, VERSION_LEN, true) || memcmp(t.at, "ff", VERSION_LEN) == 0)
		return false;
	if (memcmp(t.at, "00", VERSION_LEN) == 0 ? t.len != WHOLE_LEN
						 : t.len > WHOLE_LEN && t.at[WHOLE_LEN] != '-')
		return false;
	for (size_t i = WHOLE_LEN; i < t.len; i++)
		if (t.at[i] < 0x21 || t.at[i] > 0x7e)
			return false;
	return is_hex(t.at + ID_AT, ID_LEN, false) && is_hex(t.at + PARENT_AT, PARENT_LEN, false) &&
	       is_hex(t.at + FLAGS_AT, WHOLE_LEN - FLAGS_AT, true);
}

struct text trace_id(struct text traceparent)
{
	return (struct text){traceparent.at + ID_AT, ID_LEN};
}

static struct text joined(struct arena *arena, struct text of, struct text parent)
{
	int flags = digit(of.at[WHOLE_LEN - 1]) & FLAGS_KNOWN;

	return text_printf(arena, "00-%.*s-%.*s-0%d", TEXT_FMT(trace_id(of)), TEXT_FMT(parent),
			   flags);
}

struct text trace_kept(struct arena *arena, struct text header)
{
	return joined(arena, header, (struct text){header.at + PARENT_AT, PARENT_LEN});
}

struct text trace_below(struct arena *arena, struct text traceparent,
			const uint8_t parent[TRACE_PARENT_BYTES])
{
	return joined(arena, traceparent, text_hex(arena, parent, TRACE_PARENT_BYTES));
}
