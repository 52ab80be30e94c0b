/*
 * cloud_event.c - what a party is told for programs, as CloudEvents 1.0 has it.
 */
#include "concordat/wire/cloud_event.h"

#include "concordat/wire/emit.h"

/* Of what it is; zero: of the service itself. */
static struct uuid about(const struct cloud_event *event)
{
	return uuid_is_zero(event->home) ? event->placement : event->home;
}

/* Below the service's address. */
static struct text address(struct arena *arena, const struct cloud_event *event, bool whole)
{
	struct text url = whole ? text_url_base(event->public_url) : TEXT("");
	char id[37];

	if (uuid_is_zero(about(event)))
		return text_printf(arena, "%.*s/v1", TEXT_FMT(url));
	uuid_format(about(event), id);
	return text_printf(arena, "%.*s/v1/%s/%s", TEXT_FMT(url),
			   uuid_is_zero(event->home) ? "placements" : "homes", id);
}

static struct text id_of(struct arena *arena, const struct cloud_event *event)
{
	char id[37];

	if (event->id.at)
		return event->id;
	uuid_format(about(event), id);
	return text_printf(arena, "%s.%d", id, (int)event->entry);
}

static void put_data(struct writer *w, const struct cloud_event *event)
{
	emit_begin(w, "data", '{');
	emit_id(w, "placement", event->placement);
	emit_id(w, "home", event->home);
	if (event->reference.at)
		emit_text(w, "reference", event->reference);
	emit_id(w, "authority", event->authority);
	emit_text(w, "kind", event->kind);
	if (event->entry)
		emit_int(w, "entry", event->entry);
	if (event->version)
		emit_text(w, "version", text_printf(w->arena, "v%d", (int)event->version));
	if (!uuid_is_zero(about(event)))
		emit_text(w, "href", address(w->arena, event, false));
	if (event->log_origin.at) {
		emit_begin(w, "log", '{');
		emit_text(w, "origin", event->log_origin);
		emit_int(w, "size", event->log_size);
		emit_text(w, "root",
			  text_base64(w->arena, event->log_root.bytes,
				      sizeof(event->log_root.bytes)));
		emit_end(w, '}');
	}
	emit_end(w, '}');
}

void cloud_event_write(struct writer *w, const struct cloud_event *event)
{
	emit_begin(w, NULL, '{');
	emit_word(w, "specversion", "1.0");
	emit_text(w, "id", id_of(w->arena, event));
	emit_text(w, "source", address(w->arena, event, true));
	emit_text(w, "type", event->kind);
	if (event->reference.at)
		emit_text(w, "subject", event->reference);
	emit_instant(w, "time", event->at_us);
	emit_word(w, "datacontenttype", "application/json");
	emit_text(w, "traceparent", event->traceparent);
	put_data(w, event);
	emit_end(w, '}');
}
