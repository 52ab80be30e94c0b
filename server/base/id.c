/*
 * id.c - identifiers: UUIDv7 (RFC 9562), and references that people read out.
 *
 * The check character of a reference is ISO/IEC 7064 MOD 37,36: a running value is
 * doubled modulo 37 after each character, and the last one brings it to 1 modulo 36.
 */
#include "concordat/base/id.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "concordat/base/report.h"

#define UUID_LENGTH 36
#define PREFIX_MOST 8
#define NUMBER_MOST 18 /* digits: always within int64 */

static const char check_alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static bool is_hyphen_place(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char check_character(struct text number)
{
	int sum = 36;

	for (size_t i = 0; i < number.len; i++) {
		int s = (sum + number.at[i] - '0') % 36;

		sum = (s ? s : 36) * 2 % 37;
	}
	return check_alphabet[(37 - sum) % 36];
}

struct uuid uuid_make(int64_t now_us, const uint8_t random[10])
{
	uint64_t ms = (uint64_t)(now_us / 1000);
	struct uuid id;

	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	memcpy(id.bytes + 6, random, 10);
	id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

struct uuid uuid_new(int64_t now_us)
{
	uint8_t random[10];

	if (sodium_init() < 0)
		report_fatal("base", "libsodium found no source of random numbers.");
	randombytes_buf(random, sizeof(random));
	return uuid_make(now_us, random);
}

bool uuid_parse(struct text t, struct uuid *out)
{
	char hex[32];
	size_t digits = 0;

	if (t.len != UUID_LENGTH)
		return false;
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		if (!is_hyphen_place(i))
			hex[digits++] = t.at[i];
		else if (t.at[i] != '-')
			return false;
	}
	return text_unhex((struct text){hex, sizeof(hex)}, out->bytes, sizeof(out->bytes));
}

void uuid_format(struct uuid id, char out[37])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < sizeof(id.bytes); i++) {
		if (is_hyphen_place(at))
			out[at++] = '-';
		out[at++] = digits[id.bytes[i] >> 4];
		out[at++] = digits[id.bytes[i] & 15];
	}
	out[at] = '\0';
}

struct text uuid_text(struct arena *arena, struct uuid id)
{
	char *out = arena_alloc(arena, UUID_LENGTH + 1);

	uuid_format(id, out);
	return (struct text){out, UUID_LENGTH};
}

bool uuid_eq(struct uuid a, struct uuid b)
{
	return uuid_compare(a, b) == 0;
}

bool uuid_is_zero(struct uuid id)
{
	return uuid_eq(id, (struct uuid){{0}});
}

int uuid_compare(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes));
}

struct text reference_make(struct arena *arena, const char *prefix, int64_t number)
{
	struct text digits = text_printf(arena, "%lld", (long long)number);

	assert(number >= 0 && digits.len <= NUMBER_MOST);
	assert(prefix[0] && strlen(prefix) <= PREFIX_MOST);
	return text_printf(arena, "%s-%.*s-%c", prefix, TEXT_FMT(digits), check_character(digits));
}

bool reference_is_sound(struct text t)
{
	struct text number;
	size_t at = 0;

	while (at < t.len && is_upper(t.at[at]))
		at++;
	if (at == 0 || at > PREFIX_MOST || at == t.len || t.at[at] != '-')
		return false;
	number = (struct text){t.at + at + 1, 0};
	while (at + 1 + number.len < t.len && is_digit(number.at[number.len]))
		number.len++;
	if (number.len == 0 || number.len > NUMBER_MOST || (number.len > 1 && number.at[0] == '0'))
		return false;
	at += 1 + number.len;
	return t.len == at + 2 && t.at[at] == '-' && t.at[at + 1] == check_character(number);
}
