/*
 * json_value.c - single values: their kinds, their limits, and what is said when they do not fit.
 */
#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"
#include "json_parts.h"

#define INT_MOST INT64_C(9007199254740991) /* RFC 8259: what every reader can hold */
#define RATE_MOST_R (MONEY_MOST_P * 100)
#define TEXT_MOST 2000
#define ITEMS_MOST 100
#define PLAIN_MOST 64

static const int64_t kind_most[] = {
	[FIELD_BOOL] = 0,
	[FIELD_INT] = INT_MOST,
	[FIELD_MONEY] = MONEY_MOST_P,
	[FIELD_RATE] = RATE_MOST_R,
	[FIELD_TEXT] = TEXT_MOST,
	[FIELD_PERSONAL] = TEXT_MOST,
	[FIELD_ENUM] = 0,
	[FIELD_DAY] = 0,
	[FIELD_INSTANT] = 0,
	[FIELD_ID] = 0,
	[FIELD_DIGEST] = 0,
	[FIELD_OBJECT] = 0,
	[FIELD_LIST] = ITEMS_MOST,
	[FIELD_MAP] = ITEMS_MOST,
	[FIELD_WORDS] = ITEMS_MOST,
};

/* ---- errors */

static void step_put(struct writer *w, const struct step *step)
{
	if (!step)
		return;
	step_put(w, step->outer);
	if (step->name.at)
		pointer_put(w, step->name);
	else
		writer_printf(w, "/%zu", step->index);
}

static struct text subject(struct arena *arena, const struct step *step)
{
	const struct step *outer = step ? step->outer : NULL;

	if (!step)
		return TEXT("The JSON");
	if (step->name.at)
		return name_is_plain(step->name)
			       ? text_printf(arena, "\"%.*s\"", TEXT_FMT(step->name))
			       : TEXT("This member");
	if (outer && outer->name.at)
		return text_printf(arena, "Item %zu of \"%.*s\"", step->index + 1,
				   TEXT_FMT(outer->name));
	return text_printf(arena, "Item %zu", step->index + 1);
}

bool name_is_plain(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' || name.at[i] == '"')
			return false;
	return name.len > 0 && name.len <= PLAIN_MOST;
}

void pointer_put(struct writer *w, struct text name)
{
	writer_char(w, '/');
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '~')
			writer_puts(w, "~0");
		else if (name.at[i] == '/')
			writer_puts(w, "~1");
		else
			writer_char(w, name.at[i]);
	}
}

void json_error_add(struct arena *arena, struct json_errors *errors, struct text pointer,
		    struct text detail)
{
	struct json_error *items = errors->items.items;

	if (errors->items.count >= ERRORS_MOST)
		return;
	*LIST_ADD(arena, items, errors->items.count) = (struct json_error){pointer, detail};
	errors->items.items = items;
}

bool decoder_is_full(const struct decoder *d)
{
	return d->errors->items.count >= ERRORS_MOST;
}

void decoder_refuse(struct decoder *d, const struct step *step, struct text says)
{
	struct text what = subject(d->arena, step);
	struct writer pointer;

	writer_init(&pointer, d->arena);
	step_put(&pointer, step);
	json_error_add(d->arena, d->errors, writer_text(&pointer),
		       text_printf(d->arena, "%.*s %.*s.", TEXT_FMT(what), TEXT_FMT(says)));
}

/* ---- limits */

struct limits field_limits(const struct field *field)
{
	struct limits limits = {field->least, field->most};
	bool is_text = field->kind == FIELD_TEXT || field->kind == FIELD_PERSONAL;

	if (limits.most == 0 && limits.least >= 0)
		limits.most = kind_most[field->kind];
	if (field->kind == FIELD_MONEY && limits.most > MONEY_MOST_P)
		limits.most = MONEY_MOST_P;
	if (field->kind == FIELD_MONEY && limits.least < -MONEY_MOST_P)
		limits.least = -MONEY_MOST_P;
	if (is_text && field->flags & FIELD_REQUIRED && limits.least == 0)
		limits.least = 1;
	return limits;
}

struct text limits_sentence(struct arena *arena, struct limits limits, const char *verb,
			    const char *one, const char *many)
{
	long long least = limits.least, most = limits.most;

	if (least == most)
		return text_printf(arena, "must %s exactly %lld %s", verb, most,
				   most == 1 ? one : many);
	if (least == 0)
		return text_printf(arena, "must %s at most %lld %s", verb, most,
				   most == 1 ? one : many);
	return text_printf(arena, "must %s between %lld and %lld %s", verb, least, most, many);
}

/* NO_INT is refused everywhere: it would read as absent. */
static bool is_within(struct limits limits, int64_t value)
{
	return value >= limits.least && value <= limits.most && value != NO_INT;
}

/* ---- texts */

static struct text text_in(const json_t *json)
{
	return (struct text){json_string_value(json), json_string_length(json)};
}

static bool is_control(const unsigned char *p)
{
	if (p[0] < 0x20)
		return p[0] != '\n' && p[0] != '\t';
	return p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
}

/* U+202A to U+202E and U+2066 to U+2069: what is read then differs from what is stored. */
static bool is_bidi_override(const unsigned char *p)
{
	if (p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
	       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

/* The parser has checked that it is UTF-8, so a lead byte's followers are there. */
static bool text_fits(struct decoder *d, const struct field *field, struct text t,
		      const struct step *step)
{
	struct limits limits = field_limits(field);
	int64_t characters = 0;
	bool seen = t.len == 0;

	for (size_t i = 0; i < t.len; i++) {
		const unsigned char *p = (const unsigned char *)t.at + i;

		characters += (p[0] & 0xc0) != 0x80;
		seen = seen || (p[0] != ' ' && p[0] != '\n' && p[0] != '\t');
		if (is_control(p)) {
			decoder_refuse(d, step,
				       TEXT("must not hold control characters other than line "
					    "feeds and tabs"));
			return false;
		}
		if (is_bidi_override(p)) {
			decoder_refuse(d, step,
				       TEXT("must not hold characters that override the direction "
					    "of writing (U+202A to U+202E, U+2066 to U+2069)"));
			return false;
		}
	}
	if (!seen) {
		decoder_refuse(d, step, TEXT("must not be blank"));
		return false;
	}
	if (characters >= limits.least && characters <= limits.most)
		return true;
	decoder_refuse(d, step, limits_sentence(d->arena, limits, "be", "character", "characters"));
	return false;
}

static void decode_text(struct decoder *d, const struct field *field, const json_t *json,
			struct text *at, const struct step *step)
{
	if (!json_is_string(json))
		decoder_refuse(d, step, TEXT("must be a text"));
	else if (text_fits(d, field, text_in(json), step))
		*at = text_copy(d->arena, text_in(json));
}

static void decode_digest(struct decoder *d, const json_t *json, struct digest *at,
			  const struct step *step)
{
	struct digest digest;

	if (!json_is_string(json) || !text_unhex(text_in(json), digest.bytes, sizeof(digest.bytes)))
		decoder_refuse(d, step, TEXT("must be a SHA-256 digest of 64 hexadecimal digits"));
	else if (digest_is_zero(&digest))
		decoder_refuse(d, step, TEXT("must not be all zeros"));
	else
		*at = digest;
}

static void decode_enum(struct decoder *d, const struct field *field, const json_t *json,
			int32_t *at, const struct step *step)
{
	struct writer w;

	if (json_is_string(json))
		*at = enum_parse(field->names, text_in(json));
	if (*at != NO_ENUM)
		return;
	writer_init(&w, d->arena);
	writer_puts(&w, field->names[1] ? "must be one of " : "must be ");
	for (size_t i = 0; field->names[i]; i++)
		writer_printf(&w, "%s\"%s\"", i ? ", " : "", field->names[i]);
	decoder_refuse(d, step, writer_text(&w));
}

static bool is_among(const int32_t *indexes, size_t count, int32_t index)
{
	for (size_t i = 0; i < count; i++)
		if (indexes[i] == index)
			return true;
	return false;
}

static void decode_words(struct decoder *d, const struct field *field, const json_t *json,
			 struct list *words, const struct step *step)
{
	struct limits limits = field_limits(field);
	size_t count = json_array_size(json);
	int32_t *indexes;

	if (!json_is_array(json)) {
		decoder_refuse(d, step, TEXT("must be a list"));
		return;
	}
	if ((int64_t)count < limits.least || (int64_t)count > limits.most) {
		decoder_refuse(d, step, limits_sentence(d->arena, limits, "have", "item", "items"));
		return;
	}
	indexes = arena_array(d->arena, int32_t, count);
	*words = (struct list){indexes, count};
	for (size_t i = 0; i < count && !decoder_is_full(d); i++) {
		struct step item = {step, TEXT_NONE, i};

		indexes[i] = NO_ENUM;
		decode_enum(d, field, json_array_get(json, i), &indexes[i], &item);
		if (indexes[i] != NO_ENUM && is_among(indexes, i, indexes[i]))
			decoder_refuse(d, &item, TEXT("is in the list already. Leave it out"));
	}
}

static void decode_id(struct decoder *d, const json_t *json, struct uuid *at,
		      const struct step *step)
{
	struct uuid id;

	if (json_is_string(json) && uuid_parse(text_in(json), &id) && !uuid_is_zero(id))
		*at = id;
	else
		decoder_refuse(d, step,
			       TEXT("must be an identifier (a UUID) like "
				    "\"019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10\""));
}

/* ---- numbers */

static void decode_int(struct decoder *d, const struct field *field, const json_t *json,
		       int64_t *at, const struct step *step)
{
	struct limits limits = field_limits(field);

	if (!json_is_integer(json)) {
		decoder_refuse(d, step, TEXT("must be a whole number, without a decimal point"));
		return;
	}
	if (is_within(limits, json_integer_value(json)))
		*at = json_integer_value(json);
	else
		decoder_refuse(d, step,
			       text_printf(d->arena, "must be between %lld and %lld",
					   (long long)limits.least, (long long)limits.most));
}

static void decode_money(struct decoder *d, const struct field *field, const json_t *json,
			 int64_t *at, const struct step *step)
{
	const json_t *amount = json_object_get(json, "amount");
	const json_t *currency = json_object_get(json, "currency");
	struct limits limits = field_limits(field);
	struct step amount_step = {step, TEXT("amount"), 0};
	struct step currency_step = {step, TEXT("currency"), 0};
	struct text least, most;

	if (!amount || !currency || json_object_size(json) != 2) {
		decoder_refuse(d, step,
			       TEXT("must be money: {\"amount\": pence, \"currency\": \"GBP\"} and "
				    "nothing else"));
		return;
	}
	if (!json_is_string(currency) || !text_is(text_in(currency), "GBP"))
		decoder_refuse(d, &currency_step, TEXT("must be \"GBP\""));
	if (!json_is_integer(amount)) {
		decoder_refuse(d, &amount_step, TEXT("must be a whole number of pence"));
		return;
	}
	if (is_within(limits, json_integer_value(amount))) {
		*at = json_integer_value(amount);
		return;
	}
	least = money_text(d->arena, limits.least, true);
	most = money_text(d->arena, limits.most, true);
	decoder_refuse(d, &amount_step,
		       text_printf(d->arena, "must be between %.*s and %.*s, in pence",
				   TEXT_FMT(least), TEXT_FMT(most)));
}

static void decode_rate(struct decoder *d, const struct field *field, const json_t *json,
			int64_t *at, const struct step *step)
{
	struct limits limits = field_limits(field);
	struct text least, most;
	int64_t value_r;

	if (!json_is_string(json) || !rate_parse(text_in(json), &value_r)) {
		decoder_refuse(d, step,
			       TEXT("must be a decimal number in quotes with at most 4 decimals, "
				    "like \"14.2025\", and not above 10 million"));
		return;
	}
	if (is_within(limits, value_r)) {
		*at = value_r;
		return;
	}
	least = rate_text(d->arena, limits.least);
	most = rate_text(d->arena, limits.most);
	decoder_refuse(d, step,
		       text_printf(d->arena, "must be between %.*s and %.*s", TEXT_FMT(least),
				   TEXT_FMT(most)));
}

bool value_decimal(struct decoder *d, const json_t *json, const struct step *step, int64_t *value_r)
{
	struct limits limits = {-RATE_MOST_R, RATE_MOST_R};
	bool read = false;

	if (json_is_integer(json))
		read = !__builtin_mul_overflow((int64_t)json_integer_value(json), 10000, value_r);
	else if (json_is_string(json))
		read = rate_parse(text_in(json), value_r);
	if (read && is_within(limits, *value_r))
		return true;
	decoder_refuse(d, step,
		       TEXT("must be a whole number, or a decimal number in quotes with at most 4 "
			    "decimals, like \"12.5\", and not above 10 million"));
	return false;
}

void value_decode(struct decoder *d, const struct field *field, const json_t *json, void *at,
		  const struct step *step)
{
	switch (field->kind) {
	case FIELD_BOOL:
		*(bool *)at = json_is_true(json);
		if (!json_is_boolean(json))
			decoder_refuse(d, step, TEXT("must be true or false"));
		break;
	case FIELD_INT:
		decode_int(d, field, json, at, step);
		break;
	case FIELD_MONEY:
		decode_money(d, field, json, at, step);
		break;
	case FIELD_RATE:
		decode_rate(d, field, json, at, step);
		break;
	case FIELD_TEXT:
		decode_text(d, field, json, at, step);
		break;
	case FIELD_PERSONAL:
		decode_text(d, field, json, &((struct personal *)at)->text, step);
		break;
	case FIELD_ENUM:
		decode_enum(d, field, json, at, step);
		break;
	case FIELD_DAY:
		if (!json_is_string(json) || !day_parse(text_in(json), at))
			decoder_refuse(d, step, TEXT("must be a date like \"2026-04-13\""));
		break;
	case FIELD_INSTANT:
		if (!json_is_string(json) || !instant_parse(text_in(json), at))
			decoder_refuse(d, step,
				       TEXT("must be a date and time with an offset (RFC 3339) "
					    "like \"2026-04-13T16:00:00Z\""));
		break;
	case FIELD_ID:
		decode_id(d, json, at, step);
		break;
	case FIELD_DIGEST:
		decode_digest(d, json, at, step);
		break;
	case FIELD_WORDS:
		decode_words(d, field, json, at, step);
		break;
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_MAP:
		break; /* json_decode.c walks these */
	}
}
