/*
 * text.c - slices of UTF-8, and a writer that grows in an arena.
 *
 * Nothing here fails: the arena either has memory or the process has ended.
 * Every text made here has a NUL behind it, so that it can be shown to C.
 */
#include "concordat/base/text.h"

#include <stdio.h>
#include <string.h>

#include "concordat/base/report.h"

#define WRITER_FIRST ((size_t)128)

/* A digit's value and one, so that 0 stands for what is none. */
static const uint8_t hex_digits[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int hex_value(char c)
{
	return hex_digits[(uint8_t)c] - 1;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The length of the well-formed sequence at p, 0 when there is none (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	if (left < length || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return length;
}

static void __attribute__((noinline)) writer_grow(struct writer *w, size_t more)
{
	size_t room = w->room ? w->room : WRITER_FIRST;
	char *grown;

	while (room - w->len <= more)
		room *= 2;
	grown = arena_alloc(w->arena, room);
	if (w->len)
		memcpy(grown, w->at, w->len);
	w->at = grown;
	w->room = room;
}

/* Room for more bytes and the NUL behind them. */
static void writer_reserve(struct writer *w, size_t more)
{
	if (w->room - w->len <= more)
		writer_grow(w, more);
}

/* Into the room there is; again where that was too little. */
static void __attribute__((format(printf, 2, 0), nonnull(2)))
writer_vprintf(struct writer *w, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	writer_reserve(w, 0);
	length = vsnprintf(w->at + w->len, w->room - w->len, format, args);
	if (length < 0)
		report_fatal("base", "A text could not be formatted. This is a fault in the code.");
	if ((size_t)length >= w->room - w->len) {
		writer_reserve(w, (size_t)length);
		vsnprintf(w->at + w->len, (size_t)length + 1, format, again);
	}
	va_end(again);
	w->len += (size_t)length;
}

struct text text_of(const char *cstr)
{
	return cstr ? (struct text){cstr, strlen(cstr)} : TEXT_NONE;
}

int text_compare(struct text a, struct text b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.at, b.at, shorter) : 0;

	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool text_eq(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool text_is(struct text a, const char *cstr)
{
	return text_eq(a, text_of(cstr));
}

struct text text_url_base(struct text url)
{
	while (url.len && url.at[url.len - 1] == '/')
		url.len--;
	return url;
}

bool text_starts(struct text t, const char *prefix)
{
	size_t length = strlen(prefix);

	return t.len >= length && (length == 0 || memcmp(t.at, prefix, length) == 0);
}

bool text_is_web_address(struct text t)
{
	size_t scheme = text_starts(t, "https://") ? 8 : text_starts(t, "http://") ? 7 : 0;

	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] <= ' ' || t.at[i] > '~' || t.at[i] == '"' || t.at[i] == '<' ||
		    t.at[i] == '>')
			return false;
	return scheme > 0 && t.len > scheme;
}

struct text text_copy(struct arena *arena, struct text t)
{
	return t.at ? (struct text){text_cstr(arena, t), t.len} : TEXT_NONE;
}

const char *text_cstr(struct arena *arena, struct text t)
{
	char *copy = arena_alloc(arena, t.len + 1);

	if (t.len)
		memcpy(copy, t.at, t.len);
	return copy;
}

struct text text_printf(struct arena *arena, const char *format, ...)
{
	struct writer w;
	va_list args;

	writer_init(&w, arena);
	va_start(args, format);
	writer_vprintf(&w, format, args);
	va_end(args);
	return writer_text(&w);
}

bool text_is_utf8(struct text t)
{
	const unsigned char *p = (const unsigned char *)t.at;
	size_t at = 0;

	while (at < t.len) {
		size_t length = utf8_length(p + at, t.len - at);

		if (!length)
			return false;
		at += length;
	}
	return true;
}

bool text_to_int(struct text t, int64_t *out)
{
	bool below = t.len > 0 && t.at[0] == '-';
	int64_t n = 0;

	if (t.len == (below ? 1 : 0))
		return false;
	for (size_t i = below ? 1 : 0; i < t.len; i++) {
		int digit = t.at[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		/* Counted downwards: INT64_MIN has no positive. */
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n))
			return false;
	}
	if (!below && n == INT64_MIN)
		return false;
	*out = below ? n : -n;
	return true;
}

bool text_to_number(struct text t, int32_t *number)
{
	int64_t n;

	if (!t.len || t.at[0] < '1' || t.at[0] > '9' || !text_to_int(t, &n) || n > INT32_MAX)
		return false;
	*number = (int32_t)n;
	return true;
}

struct text text_hex(struct arena *arena, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	char *hex = arena_alloc(arena, size * 2 + 1);

	for (size_t i = 0; i < size; i++) {
		hex[i * 2] = digits[from[i] >> 4];
		hex[i * 2 + 1] = digits[from[i] & 15];
	}
	return (struct text){hex, size * 2};
}

bool text_unhex(struct text t, void *out, size_t size)
{
	unsigned char *to = out;

	if (t.len != size * 2)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (hex_value(t.at[i]) < 0)
			return false;
	for (size_t i = 0; i < size; i++) {
		int high = hex_value(t.at[i * 2]), low = hex_value(t.at[i * 2 + 1]);

		to[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

struct text text_base64(struct arena *arena, const void *bytes, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = bytes;
	size_t length = (size + 2) / 3 * 4;
	char *out = arena_alloc(arena, length + 1), *to = out;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t three = (uint32_t)from[i] << 16;

		if (left > 1)
			three |= (uint32_t)from[i + 1] << 8;
		if (left > 2)
			three |= from[i + 2];
		*to++ = digits[three >> 18];
		*to++ = digits[three >> 12 & 63];
		*to++ = left > 1 ? digits[three >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[three & 63] : '=';
	}
	return (struct text){out, length};
}

size_t text_base64_size(struct text t)
{
	size_t padding = 0;

	if (t.len < 4)
		return 0;
	while (padding < 2 && t.at[t.len - 1 - padding] == '=')
		padding++;
	return t.len / 4 * 3 - padding;
}

bool text_unbase64(struct text t, void *out, size_t size)
{
	size_t padding = (3 - size % 3) % 3, at = 0;
	unsigned char *to = out;
	uint32_t bits = 0;

	if (t.len != (size + 2) / 3 * 4)
		return false;
	for (size_t i = 0; i < t.len - padding; i++) {
		int value = base64_value(t.at[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		/* A byte ends within each digit but the first of four. */
		if (i % 4 && to)
			to[at++] = (unsigned char)(bits >> (6 - i % 4 * 2));
	}
	for (size_t i = 0; i < padding; i++)
		if (t.at[t.len - 1 - i] != '=')
			return false;
	return (bits & ((1u << padding * 2) - 1)) == 0;
}

void writer_init(struct writer *w, struct arena *arena)
{
	*w = (struct writer){.arena = arena};
}

void writer_put(struct writer *w, struct text t)
{
	if (!t.len)
		return;
	writer_reserve(w, t.len);
	memcpy(w->at + w->len, t.at, t.len);
	w->len += t.len;
}

void writer_puts(struct writer *w, const char *cstr)
{
	writer_put(w, text_of(cstr));
}

void writer_char(struct writer *w, char c)
{
	writer_reserve(w, 1);
	w->at[w->len++] = c;
}

/* Most of what is written is numbers and dates, for which printf's way is a long one. */
void writer_digits(struct writer *w, uint64_t n, unsigned int least)
{
	char digits[20];
	unsigned int at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) || (sizeof(digits) - at < least && at));
	writer_put(w, (struct text){digits + at, sizeof(digits) - at});
}

void writer_int(struct writer *w, int64_t n)
{
	if (n < 0)
		writer_char(w, '-');
	writer_digits(w, n < 0 ? -(uint64_t)n : (uint64_t)n, 1);
}

void writer_printf(struct writer *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	writer_vprintf(w, format, args);
	va_end(args);
}

struct text writer_text(struct writer *w)
{
	writer_reserve(w, 0);
	w->at[w->len] = '\0';
	return (struct text){w->at, w->len};
}
