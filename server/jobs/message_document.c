/*
 * message_document.c - what an organisation's webhooks are sent of what it is told: a CloudEvent.
 *
 * Written once, when it is told, and sent as it is at every try. A reminder is no entry: its id is
 * made of what it is about, so that it is the same whoever makes it, and says no number but the
 * party's own.
 */
#include "message_document.h"

#include "concordat/app/cloud.h"
#include "concordat/app/log.h"

#define ID_BYTES 16

static struct text written(struct arena *arena, const struct cloud_event *event)
{
	struct writer w;

	writer_init(&w, arena);
	cloud_event_write(&w, event);
	return writer_text(&w);
}

static void put_log(struct cloud_event *event, const struct log_head *head)
{
	if (!head)
		return;
	event->log_origin = head->origin;
	event->log_root = head->root;
	event->log_size = head->size;
}

struct text document_of_fact(struct app *app, struct arena *arena,
			     const struct placement *placement, const struct fact *fact,
			     const struct party *party, struct text traceparent)
{
	struct cloud_event event;

	return cloud_event_of_fact(app, arena, placement, fact, party, traceparent, &event)
		       ? written(arena, &event)
		       : TEXT_NONE;
}

struct text document_of_home(struct app *app, struct arena *arena, const struct home_read *read,
			     const struct home_fact *fact, struct uuid organisation,
			     struct text traceparent)
{
	struct cloud_event event;

	return cloud_event_of_home(app, arena, read, fact, organisation, traceparent, &event)
		       ? written(arena, &event)
		       : TEXT_NONE;
}

static struct text reminder_id(struct arena *arena, const struct placement *placement,
			       const struct obligation *o, struct text name)
{
	struct text due =
		text_printf(arena, "%d.%d.%lld.", o->entry, o->n, (long long)o->due_at_us);
	struct digest digest = sha256(uuid_text(arena, placement->id), due, name);
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "reminder.");
	for (size_t i = 0; i < ID_BYTES; i++)
		writer_printf(&w, "%02x", digest.bytes[i]);
	return writer_text(&w);
}

struct text document_of_reminder(struct app *app, struct arena *arena,
				 const struct placement *placement, const struct obligation *o,
				 struct text name, const struct party *party, int64_t at_us)
{
	const struct log_head *head = log_head_of(app, placement->authority);
	struct cloud_event event = {
		.id = reminder_id(arena, placement, o, name),
		.public_url = text_of(app_config(app)->public_url),
		.kind = TEXT("reminder"),
		.placement = placement->id,
		.authority = placement->authority,
		.reference = placement->opening->reference,
		.entry = party_entry(placement, party, o->entry),
		.version = party->version,
		.at_us = at_us,
	};

	put_log(&event, head);
	return written(arena, &event);
}

struct text document_of_calendar(struct app *app, struct arena *arena, struct uuid authority,
				 struct text division, int64_t at_us)
{
	const struct log_head *head = log_head_of(app, authority);
	struct cloud_event event = {
		.id = text_printf(arena, "calendar_ends.%.*s.%.*s", TEXT_FMT(division),
				  TEXT_FMT(instant_text(arena, at_us))),
		.public_url = text_of(app_config(app)->public_url),
		.kind = TEXT("calendar_ends"),
		.authority = authority,
		.reference = division,
		.at_us = at_us,
	};

	put_log(&event, head);
	return written(arena, &event);
}
