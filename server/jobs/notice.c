/*
 * notice.c - what is told, as the parameters of the statements that make deliveries of it.
 */
#include <string.h>

#include "internal.h"

/* In the order of their making also within one millisecond: twelve bits count, the rest is chance.
 */
static struct text next_id(struct arena *arena, int64_t now_us, size_t number)
{
	struct uuid chance = uuid_new(now_us);
	uint8_t random[10];

	memcpy(random, chance.bytes + 6, sizeof(random));
	random[0] = (uint8_t)(number >> 8 & 0x0f);
	random[1] = (uint8_t)number;
	return uuid_text(arena, uuid_make(now_us, random));
}

static struct text uuid_or_none(struct arena *arena, struct uuid id)
{
	return uuid_is_zero(id) ? TEXT_NONE : uuid_text(arena, id);
}

static void put_notice(struct arena *arena, const struct notice *notice,
		       struct text *const column[NOTICE_COLUMNS], size_t i)
{
	const struct message *message = &notice->message;

	column[NOTICE_PLACEMENT][i] = uuid_or_none(arena, notice->placement);
	column[NOTICE_RECIPIENT][i] = uuid_text(arena, notice->recipient);
	column[NOTICE_KIND][i] = text_of(message->kind);
	column[NOTICE_RULE_KIND][i] = text_of(notice->kind);
	column[NOTICE_LEAF][i] =
		notice->leaf_index == NO_INT
			? TEXT_NONE
			: text_printf(arena, "%lld", (long long)notice->leaf_index);
	column[NOTICE_IS_OWED][i] = notice->is_owed ? TEXT("t") : TEXT("f");
	column[NOTICE_SUBJECT][i] = message->subject;
	column[NOTICE_BODY][i] = message->body;
	column[NOTICE_HTML][i] = message->html;
	column[NOTICE_TEMPLATE][i] = text_of(message->template);
	column[NOTICE_VERSION][i] = text_printf(arena, "%lld", (long long)message->version);
	column[NOTICE_IMPORT][i] = uuid_or_none(arena, notice->import);
	column[NOTICE_SENDER][i] = uuid_or_none(arena, notice->sender);
	column[NOTICE_DOCUMENT][i] = notice->document;
	column[NOTICE_REMINDER][i] = notice->reminder;
	column[NOTICE_DAY][i] = notice->reminder.len ? day_text(arena, notice->day) : TEXT_NONE;
}

void notices_to_params(struct jobs *jobs, struct arena *arena, const struct notice *notices,
		       size_t count, struct param params[NOTICE_COLUMNS])
{
	bool has_mail = jobs->config->smtp_url[0];
	int64_t now_us = app_now_us(jobs->app);
	struct text *column[NOTICE_COLUMNS];

	for (size_t c = 0; c < NOTICE_COLUMNS; c++)
		column[c] = arena_array(arena, struct text, count);
	for (size_t i = 0; i < count; i++) {
		put_notice(arena, &notices[i], column, i);
		column[NOTICE_ID][i] = next_id(arena, now_us, i);
		column[NOTICE_BY_MAIL][i] = notices[i].by_mail && has_mail ? TEXT("t") : TEXT("f");
	}
	for (size_t c = 0; c < NOTICE_COLUMNS; c++)
		params[c] = param_array(arena, column[c], count);
}
