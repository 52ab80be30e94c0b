/*
 * reviews.c - which reviews are coming, due and overdue, and why each date is what it is.
 *
 * `due` lists them over all placements, `review` shows one placement's day by day. Both ask the
 * service; with --json its answers pass through as they are.
 */
#include "concordat/core/fields.h"
#include "concordat/wire/clock.h"
#include "concordat/wire/json.h"

#include "command.h"
#include "page.h"
#include "service.h"

#define DAY_COLUMN 30

/* How far the authority's log is sealed: there once the service knows it, and not shown here. */
struct log_told {
	struct text origin, root;
	int64_t size;
};

/* As GET /v1/reviews has it. */
struct review {
	struct text id, placement, authority, provider, home, owner, home_name, team;
	struct text reference, kind, state, due_at, due_words, because, missed_at, last_reminder,
		last_reminder_at, href;
	int32_t due_day, nominal_day;
	struct log_told log;
};

struct reviews {
	struct list items; /* struct review */
};

static const struct field log_told_fields[] = {
	TEXT_F(log_told, origin, 0, 300, ""),
	TEXT_F(log_told, root, 0, 44, ""),
	INT_F(log_told, size, 0, 0, INT64_MAX, ""),
};
static TABLE(log_told, struct log_told, "A log");

#define MEMBER_F(member, most) TEXT_F(review, member, 0, most, "")
static const struct field review_fields[] = {
	MEMBER_F(id, 24),
	MEMBER_F(placement, 36),
	MEMBER_F(authority, 36),
	MEMBER_F(provider, 36),
	MEMBER_F(home, 36),
	MEMBER_F(owner, 36),
	MEMBER_F(home_name, 200),
	MEMBER_F(team, 60),
	MEMBER_F(reference, 30),
	MEMBER_F(kind, 20),
	MEMBER_F(state, 12),
	MEMBER_F(due_at, 40),
	MEMBER_F(due_words, 80),
	MEMBER_F(because, 2000),
	MEMBER_F(missed_at, 40),
	MEMBER_F(last_reminder, 60),
	MEMBER_F(last_reminder_at, 40),
	MEMBER_F(href, 120),
	DAY_F(review, due_day, "due_day", 0, ""),
	DAY_F(review, nominal_day, "nominal_day", 0, ""),
	OBJECT_F(review, log, 0, &log_told_schema, ""),
};
static TABLE(review, struct review, "A review");

static const struct field reviews_fields[] = {
	LIST_F(reviews, items, REQ, 0, 1000000, &review_schema, ""),
};
static TABLE(reviews, struct reviews, "Reviews");

static enum outcome unreadable(const struct command_line *line)
{
	command_say(line, TEXT("The service's answer cannot be read. This program may be older "
			       "than the service: install the same version."));
	return OUTCOME_UNREACHABLE;
}

/* ---- every page ---- */

/* The items of every page, as they came, one after another. */
static enum outcome all_items(const struct command_line *line, const char *reference,
			      struct text *items)
{
	const struct service_value values[] = {
		{"state", line->options[OPTION_STATE]},
		{"kind", line->options[OPTION_KIND]},
		{"home", line->options[OPTION_HOME]},
		{"owner", line->options[OPTION_OWNER]},
		{"team", line->options[OPTION_TEAM]},
		{"q", reference},
		{NULL, NULL},
	};

	return service_all(line, "/v1/reviews", values, items);
}

static enum outcome read_reviews(const struct command_line *line, struct text items,
				 struct list *reviews)
{
	struct json_errors errors = {0};
	struct text whole = text_printf(line->arena, "{\"items\":[%.*s]}", TEXT_FMT(items));
	struct reviews found;

	if (!json_decode(line->arena, whole, &reviews_schema, JSON_ANSWER, NULL, &found, &errors))
		return unreadable(line);
	*reviews = found.items;
	return OUTCOME_DONE;
}

/* ---- due ---- */

static void put_review(struct writer *w, const struct review *review)
{
	struct text kind = page_title(w->arena, review->kind);

	page_put(w, 4, 4,
		 text_printf(w->arena, "%.*s: %.*s review%s%.*s%s%.*s", TEXT_FMT(review->reference),
			     TEXT_FMT(kind), review->home_name.at ? ", " : "",
			     TEXT_FMT(review->home_name), review->team.at ? ", " : "",
			     TEXT_FMT(review->team)));
	page_put(w, 8, 4,
		 text_printf(w->arena, "by %.*s%s%.*s", TEXT_FMT(review->due_words),
			     review->last_reminder.at ? "; told last: " : "",
			     TEXT_FMT(review->last_reminder)));
	if (review->because.at)
		page_put(w, 8, 4, review->because);
}

static struct text due_page(const struct command_line *line, const struct list *reviews)
{
	static const char *const states[] = {"overdue", "due", "coming"};
	const struct review *items = reviews->items;
	struct writer w;

	writer_init(&w, line->arena);
	for (size_t state = 0; state < 3; state++) {
		size_t count = 0;

		for (size_t i = 0; i < reviews->count; i++)
			count += text_is(items[i].state, states[state]);
		if (!count)
			continue;
		writer_printf(&w, "%s%.*s: %zu\n", w.len ? "\n" : "",
			      TEXT_FMT(page_title(line->arena, text_of(states[state]))), count);
		for (size_t i = 0; i < reviews->count; i++)
			if (text_is(items[i].state, states[state]))
				put_review(&w, &items[i]);
	}
	if (!w.len)
		writer_puts(&w, "No review is open.\n");
	return writer_text(&w);
}

static enum outcome print_json(const struct command_line *line, struct text items)
{
	return command_print(line,
			     text_printf(line->arena, "{\"items\":[%.*s]}\n", TEXT_FMT(items)));
}

enum outcome command_due(const struct command_line *line)
{
	struct list reviews;
	struct text items;
	enum outcome outcome = all_items(line, NULL, &items);

	if (!outcome && line->options[OPTION_JSON])
		return print_json(line, items);
	if (!outcome)
		outcome = read_reviews(line, items, &reviews);
	return outcome ? outcome : command_print(line, due_page(line, &reviews));
}

/* ---- review ---- */

static enum outcome explain(const struct command_line *line, const struct review *review,
			    struct explained_date *date)
{
	static const struct service_value none[] = {{NULL, NULL}};
	static const char *const beside[] = {"anchor", "pauses", "division", "calendar_version",
					     NULL};
	const char *path = text_cstr(line->arena, review->href);
	struct json_errors errors = {0};
	struct text body;
	enum outcome outcome = text_starts(review->href, "/v1/")
				       ? service_get(line, path, none, &body)
				       : unreadable(line);

	if (outcome)
		return outcome;
	body = json_member_raw(line->arena, body, "explain");
	return body.at && json_decode(line->arena, body, &explained_date_schema, JSON_ANSWER,
				      beside, date, &errors)
		       ? OUTCOME_DONE
		       : unreadable(line);
}

static void put_steps(struct writer *w, const struct explained_date *date)
{
	const struct explained_step *steps = date->steps.items;

	for (size_t i = 0; i < date->steps.count; i++)
		writer_printf(w, "        %-*.*s%.*s\n", DAY_COLUMN, TEXT_FMT(steps[i].day_words),
			      TEXT_FMT(steps[i].why));
}

enum outcome command_review(const struct command_line *line)
{
	struct explained_date date;
	const struct review *reviews;
	struct list found;
	struct text items;
	struct writer w;
	enum outcome outcome = all_items(line, line->words[0], &items);

	if (!outcome && line->options[OPTION_JSON])
		return print_json(line, items);
	if (!outcome)
		outcome = read_reviews(line, items, &found);
	if (outcome)
		return outcome;
	reviews = found.items;
	writer_init(&w, line->arena);
	for (size_t i = 0; i < found.count; i++) {
		outcome = explain(line, &reviews[i], &date);
		if (outcome)
			return outcome;
		writer_puts(&w, i ? "\n" : "");
		put_review(&w, &reviews[i]);
		put_steps(&w, &date);
	}
	if (!found.count)
		writer_puts(&w, "No review is open there, or you have no part in it.\n");
	return command_print(line, writer_text(&w));
}
