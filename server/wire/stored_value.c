/*
 * stored_value.c - single values of stored text.
 *
 * Each is read by the one who reads it everywhere, and then held to the one way in which canon.c
 * writes it. Of texts, runs of plain bytes are the fast path; escapes and UTF-8 are looked at only
 * where there are any.
 */
#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"
#include "stored.h"

enum { PLAIN, WIDE, END, ESCAPE, BAD };

/* What a byte is inside of a text. */
static const uint8_t byte_kinds[256] = {
	[0 ... 0x1f] = BAD, ['"'] = END, ['\\'] = ESCAPE, [0x80 ... 0xff] = WIDE};

/* ---- pieces */

static bool take_literal(struct reader *r, struct text literal)
{
	if ((size_t)(r->end - r->at) < literal.len || memcmp(r->at, literal.at, literal.len) != 0)
		return false;
	r->at += literal.len;
	return true;
}

bool take_quoted(struct reader *r, struct text *quoted)
{
	const char *close;

	if (!take_char(r, '"'))
		return false;
	close = memchr(r->at, '"', (size_t)(r->end - r->at));
	if (!close)
		return false;
	*quoted = (struct text){r->at, (size_t)(close - r->at)};
	r->at = close + 1;
	return true;
}

/* Hexadecimal digits and the letters of dates are written in one case. */
static bool has_capital(struct text t)
{
	unsigned int found = 0;

	for (size_t i = 0; i < t.len; i++)
		found |= t.at[i] >= 'A' && t.at[i] <= 'Z';
	return found;
}

/* ---- texts */

/* The control character of the escape at p, which has six bytes; 0 when it is written otherwise. */
static char control_of(const char *p)
{
	static const char digits[] = "0123456789abcdef";
	const char *low;
	int c;

	if (memcmp(p, "\\u00", 4) != 0 || (p[4] != '0' && p[4] != '1') || !p[5])
		return 0;
	low = strchr(digits, p[5]);
	if (!low)
		return 0;
	c = (p[4] - '0') * 16 + (int)(low - digits);
	return c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r' ? 0 : (char)c;
}

/* What the escape at the front of raw stands for, and its length; 0 when it is none that is
 * written. */
static char escape_take(struct text raw, size_t *length)
{
	static const char letters[] = "\"\\btnfr", meant[] = "\"\\\b\t\n\f\r";
	const char *letter;

	if (raw.len < 2 || !raw.at[1])
		return 0;
	letter = strchr(letters, raw.at[1]);
	*length = letter ? 2 : 6;
	if (letter)
		return meant[letter - letters];
	return raw.len < 6 ? 0 : control_of(raw.at);
}

static bool unescape(struct arena *arena, struct text raw, struct text *out)
{
	char *to = arena_alloc(arena, raw.len + 1);
	size_t length = 0;

	*out = (struct text){to, 0};
	for (size_t i = 0; i < raw.len; i += length) {
		char c = raw.at[i];

		length = 1;
		if (c == '\\')
			c = escape_take((struct text){raw.at + i, raw.len - i}, &length);
		if (!c)
			return false;
		to[out->len++] = c;
	}
	return true;
}

static bool take_text(struct reader *r, struct text *text)
{
	bool wide = false, escaped = false;
	const char *p;
	struct text raw;

	if (!take_char(r, '"'))
		return false;
	for (p = r->at; p < r->end && byte_kinds[(uint8_t)*p] != END; p++) {
		switch (byte_kinds[(uint8_t)*p]) {
		case BAD:
			return false;
		case WIDE:
			wide = true;
			break;
		case ESCAPE:
			escaped = true;
			if (++p == r->end) /* what is escaped ends nothing */
				return false;
			break;
		}
	}
	if (p == r->end)
		return false;
	raw = (struct text){r->at, (size_t)(p - r->at)};
	r->at = p + 1;
	if (wide && !text_is_utf8(raw))
		return false;
	if (escaped)
		return unescape(r->arena, raw, text);
	*text = text_copy(r->arena, raw);
	return true;
}

static bool take_digest(struct reader *r, struct digest *digest)
{
	struct text hex;

	return take_quoted(r, &hex) && text_unhex(hex, digest->bytes, sizeof(digest->bytes)) &&
	       !has_capital(hex) && !digest_is_zero(digest);
}

static bool take_id(struct reader *r, struct uuid *id)
{
	struct text written;

	return take_quoted(r, &written) && uuid_parse(written, id) && !has_capital(written) &&
	       !uuid_is_zero(*id);
}

bool take_enum(struct reader *r, const char *const *names, int32_t *index)
{
	struct text word;

	if (!take_quoted(r, &word))
		return false;
	*index = enum_parse(names, word);
	return *index != NO_ENUM;
}

/* ---- numbers */

static bool take_int(struct reader *r, int64_t *value)
{
	bool below = take_char(r, '-');
	const char *first = r->at;
	int64_t n = 0;

	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *r->at - '0', &n))
			return false;
	if (r->at == first || (*first == '0' && (below || r->at - first > 1)))
		return false;
	*value = below ? -n : n;
	return true;
}

static bool take_money(struct reader *r, int64_t *pence)
{
	return take_literal(r, TEXT("{\"amount\":")) && take_int(r, pence) &&
	       take_literal(r, TEXT(",\"currency\":\"GBP\"}"));
}

/* As rate_text writes: two decimals, or up to four when the last is not zero; no zero before the
 * whole pounds, and no "-0.00". */
static bool rate_is_canonical(struct text t, int64_t value_r)
{
	const char *point = memchr(t.at, '.', t.len);
	const char *whole = t.at + (t.at[0] == '-');
	size_t places = point ? (size_t)(t.at + t.len - point) - 1 : 0;

	if (places < 2 || (places > 2 && t.at[t.len - 1] == '0'))
		return false;
	return (*whole != '0' || point == whole + 1) && (whole == t.at || value_r != 0);
}

bool take_rate(struct reader *r, int64_t *value_r)
{
	struct text written;

	return take_quoted(r, &written) && rate_parse(written, value_r) &&
	       rate_is_canonical(written, *value_r);
}

static bool take_bool(struct reader *r, bool *flag)
{
	*flag = take_literal(r, TEXT("true"));
	return *flag || take_literal(r, TEXT("false"));
}

/* ---- days and instants */

static bool take_day(struct reader *r, int32_t *day)
{
	struct text written;

	return take_quoted(r, &written) && day_parse(written, day);
}

/* "2026-04-13T16:00:00Z", and with six decimals unless all are zeros. */
static bool take_instant(struct reader *r, int64_t *at_us)
{
	struct text t;

	if (!take_quoted(r, &t) || !instant_parse(t, at_us) || t.at[10] != 'T' ||
	    t.at[t.len - 1] != 'Z')
		return false;
	return t.len == sizeof("2026-04-13T16:00:00Z") - 1 ||
	       (t.len == sizeof("2026-04-13T16:00:00.000000Z") - 1 && *at_us % US_PER_SECOND != 0);
}

bool take_value(struct reader *r, const struct field *field, void *at)
{
	switch (field->kind) {
	case FIELD_BOOL:
		return take_bool(r, at);
	case FIELD_INT:
		return take_int(r, at);
	case FIELD_MONEY:
		return take_money(r, at);
	case FIELD_RATE:
		return take_rate(r, at);
	case FIELD_TEXT:
		return take_text(r, at);
	case FIELD_PERSONAL:
		return take_digest(r, &((struct personal *)at)->digest);
	case FIELD_ENUM:
		return take_enum(r, field->names, at);
	case FIELD_DAY:
		return take_day(r, at);
	case FIELD_INSTANT:
		return take_instant(r, at);
	case FIELD_ID:
		return take_id(r, at);
	case FIELD_DIGEST:
		return take_digest(r, at);
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_MAP:
	case FIELD_WORDS:
		break; /* stored.c walks these */
	}
	return false;
}
