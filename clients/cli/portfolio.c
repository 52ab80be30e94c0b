/*
 * portfolio.c - an uplift of all agreements of an authority, asked of the service: ordered,
 * stopped, and how each goes.
 *
 * Nothing is worked out here. With --json the service's answers pass through as they are.
 */
#include "concordat/base/id.h"
#include "concordat/core/calendar.h"
#include "concordat/core/fields.h"
#include "concordat/core/uplift.h"
#include "concordat/wire/emit.h"

#include "command.h"
#include "document.h"
#include "page.h"
#include "service.h"

#define SUM_MOST_P INT64_C(1000000000000000)

/* As POST and GET /v1/uplifts answer. */
struct filter {
	struct text setting, provider;
	int64_t weekly_from_p, weekly_to_p;
};

struct order {
	struct uplift_figures figures;
	int32_t paid_from_day;
	struct filter filter;
};

struct progress {
	struct text id, state, created_at, ended_at, stopped_by, stopped_because;
	struct order request;
	int64_t total, applied, offered, left_out, before_p, after_p;
};

struct progress_page {
	struct list items; /* struct progress */
};

static const struct field filter_fields[] = {
	TEXT_F(filter, setting, 0, 40, ""),
	TEXT_F(filter, provider, 0, 36, ""),
	MONEY_F(filter, weekly_from_p, "weekly_from", 0, ""),
	MONEY_F(filter, weekly_to_p, "weekly_to", 0, ""),
};
static TABLE(filter, struct filter, "Which agreements");

static const struct field order_fields[] = {
	OBJECT_F(order, figures, REQ, &uplift_figures_schema, ""),
	DAY_F(order, paid_from_day, "paid_from", 0, ""),
	OBJECT_F(order, filter, 0, &filter_schema, ""),
};
static TABLE(order, struct order, "What was asked");

static const struct field progress_fields[] = {
	TEXT_F(progress, id, REQ, 36, ""),
	TEXT_F(progress, state, REQ, 12, ""),
	TEXT_F(progress, created_at, 0, 40, ""),
	TEXT_F(progress, ended_at, 0, 40, ""),
	TEXT_F(progress, stopped_by, 0, 36, ""),
	TEXT_F(progress, stopped_because, 0, 400, ""),
	OBJECT_F(progress, request, 0, &order_schema, ""),
	INT_F(progress, total, REQ, 0, 0, ""),
	INT_F(progress, applied, REQ, 0, 0, ""),
	INT_F(progress, offered, REQ, 0, 0, ""),
	INT_F(progress, left_out, REQ, 0, 0, ""),
	F(progress, before_p, "weekly_before", FIELD_MONEY, 0, 0, SUM_MOST_P, NULL, NULL, ""),
	F(progress, after_p, "weekly_after", FIELD_MONEY, 0, 0, SUM_MOST_P, NULL, NULL, ""),
};
static TABLE(progress, struct progress, "How an uplift goes");

static const struct field progress_page_fields[] = {
	LIST_F(progress_page, items, REQ, 0, 1000000, &progress_schema, ""),
};
static TABLE(progress_page, struct progress_page, "A page of uplifts");

static enum outcome unreadable(const struct command_line *line)
{
	command_say(line, TEXT("The service's answer cannot be read. This program may be older "
			       "than the service: install the same version."));
	return OUTCOME_UNREACHABLE;
}

static void put_progress(struct writer *w, const struct progress *p)
{
	struct arena *arena = w->arena;

	page_put(w, 0, 4,
		 text_printf(arena, "%.*s: %.*s, asked for at %.*s", TEXT_FMT(p->id),
			     TEXT_FMT(page_title(arena, p->state)), TEXT_FMT(p->created_at)));
	if (p->request.paid_from_day != NO_DAY)
		page_put(w, 4, 4,
			 text_printf(arena, "Fees from %.*s, paid from %.*s.",
				     TEXT_FMT(page_day(arena, p->request.figures.from_day)),
				     TEXT_FMT(page_day(arena, p->request.paid_from_day))));
	page_put(w, 4, 4,
		 text_printf(arena,
			     "Of %lld agreements uplifted %lld, from %.*s to %.*s a week; offered "
			     "because they fall %lld; left as they are %lld.",
			     (long long)p->total, (long long)p->applied,
			     TEXT_FMT(page_money(arena, p->before_p)),
			     TEXT_FMT(page_money(arena, p->after_p)), (long long)p->offered,
			     (long long)p->left_out));
	page_note(w, 4, "Stopped:", p->stopped_because);
}

static enum outcome print_one(const struct command_line *line, struct text body)
{
	static const char *const beside[] = {"items", "next", NULL};
	struct json_errors errors = {0};
	struct progress progress;
	struct writer w;

	if (line->options[OPTION_JSON])
		return command_print(line, text_printf(line->arena, "%.*s\n", TEXT_FMT(body)));
	if (!json_decode(line->arena, body, &progress_schema, JSON_ANSWER, beside, &progress,
			 &errors))
		return unreadable(line);
	writer_init(&w, line->arena);
	put_progress(&w, &progress);
	return command_print(line, writer_text(&w));
}

/* The one given, or a new one: each order is another, unless it is said to be a repeat. */
static const char *key_of(const struct command_line *line)
{
	return line->options[OPTION_KEY]
		       ? line->options[OPTION_KEY]
		       : text_cstr(line->arena, uuid_text(line->arena, uuid_new(0)));
}

static struct text order_of(const struct command_line *line, struct text figures)
{
	const char *const filter[][2] = {{"setting", line->options[OPTION_SETTING]},
					 {"provider", line->options[OPTION_PROVIDER]}};
	struct writer w;

	writer_init(&w, line->arena);
	emit_begin(&w, NULL, '{');
	emit_json(&w, "figures", figures);
	if (line->options[OPTION_PAID_FROM])
		emit_word(&w, "paid_from", line->options[OPTION_PAID_FROM]);
	emit_begin(&w, "filter", '{');
	for (size_t i = 0; i < 2; i++)
		if (filter[i][1])
			emit_word(&w, filter[i][0], filter[i][1]);
	emit_end(&w, '}');
	emit_end(&w, '}');
	return writer_text(&w);
}

static enum outcome post(const struct command_line *line, const char *path, struct text body,
			 struct text *answer)
{
	static const struct service_value none[] = {{NULL, NULL}};

	return service_post(line, path, none,
			    &(struct service_body){"application/json", body, key_of(line)}, answer);
}

enum outcome command_uplift_apply(const struct command_line *line)
{
	struct document figures;
	struct uplift_figures read;
	struct flaw flaw;
	struct text answer;
	enum outcome outcome = document_read(line, line->options[OPTION_INDICES], &figures);

	if (!outcome)
		outcome = document_decode(line, &figures, &uplift_figures_schema, JSON_DOCUMENT,
					  &read);
	if (!outcome && !uplift_figures_check(line->arena, &read, &flaw))
		outcome = document_refuse(line, &figures, &flaw);
	if (!outcome)
		outcome = post(line, "/v1/uplifts", order_of(line, figures.json), &answer);
	return outcome ? outcome : print_one(line, answer);
}

enum outcome command_uplift_stop(const struct command_line *line)
{
	const char *because = line->options[OPTION_BECAUSE];
	struct uuid id;
	struct text answer;
	struct writer w;
	enum outcome outcome;

	if (!uuid_parse(text_of(line->words[0]), &id)) {
		command_say(line, TEXT("This is no id of an uplift. `concordat uplift list` names "
				       "them."));
		return OUTCOME_USAGE;
	}
	writer_init(&w, line->arena);
	emit_begin(&w, NULL, '{');
	if (because)
		emit_word(&w, "because", because);
	emit_end(&w, '}');
	outcome = post(line, text_printf(line->arena, "/v1/uplifts/%s/stop", line->words[0]).at,
		       writer_text(&w), &answer);
	return outcome ? outcome : print_one(line, answer);
}

enum outcome command_uplift_list(const struct command_line *line)
{
	static const struct service_value none[] = {{NULL, NULL}};
	struct progress_page page;
	struct json_errors errors = {0};
	const struct progress *items;
	struct text whole;
	struct writer w;
	enum outcome outcome = service_all(line, "/v1/uplifts", none, &whole);

	if (outcome)
		return outcome;
	whole = text_printf(line->arena, "{\"items\":[%.*s]}\n", TEXT_FMT(whole));
	if (line->options[OPTION_JSON])
		return command_print(line, whole);
	if (!json_decode(line->arena, whole, &progress_page_schema, JSON_ANSWER, NULL, &page,
			 &errors))
		return unreadable(line);
	items = page.items.items;
	writer_init(&w, line->arena);
	for (size_t i = 0; i < page.items.count; i++)
		put_progress(&w, &items[i]);
	return command_print(line, w.len ? writer_text(&w) : TEXT("There is no uplift yet.\n"));
}
