/*
 * account.c - GET /v1/placements/{id}/account: what each payer pays for each night.
 *
 * Core works it out from the entries that were recorded by the day asked for, so that an old day
 * reads no other rows than today. Both sides are answered the same but for their own numbers of
 * entries; who represents the person sees the person's part, and a co-payer its own and no total
 * but that.
 */
#include "view/account.h"

#include "call/csv.h"
#include "held/look.h"

#define NOTE                                                                                       \
	"Nights: the day of admission is paid, that of discharge is not unless the terms say so. " \
	"An amount is the weekly one x nights / 7, rounded once for a stretch of nights with the " \
	"same fee and payers; who takes the remainder takes what the roundings leave."

unsigned account_payers_seen(const struct party *party)
{
	return party->side == SIDE_REPRESENTATIVE ? 1u << FUNDER_PERSON : ~0u;
}

struct uuid account_payer_seen(const struct party *party)
{
	return party->side == SIDE_CO_PAYER ? party->organisation : (struct uuid){0};
}

bool account_provider_seen(const struct party *party, struct uuid *provider)
{
	*provider = (struct uuid){0};
	if (party->side == SIDE_PROVIDER)
		*provider = party->organisation;
	return party->side != SIDE_MEDIATOR;
}

static int64_t part_of(const struct amounts *amounts, int funder)
{
	return amounts ? amounts->by_p[funder] : NO_INT;
}

static unsigned payers_of(const struct amounts *amounts)
{
	return amounts ? amounts->payers : 0;
}

struct list account_shares(struct arena *arena, unsigned seen, const struct share_amounts *of)
{
	unsigned payers = payers_of(of->weekly) | payers_of(of->charged) | payers_of(of->adjusted) |
			  payers_of(of->due) | payers_of(of->difference);
	struct account_share *shares = NULL;
	struct list out = {0};

	for (int funder = 0; funder < FUNDER_COUNT; funder++) {
		if (!(payers & seen & 1u << funder))
			continue;
		*LIST_ADD(arena, shares, out.count) = (struct account_share){
			.funder = funder,
			.weekly_p = part_of(of->weekly, funder),
			.charged_p = part_of(of->charged, funder),
			.adjusted_p = part_of(of->adjusted, funder),
			.due_p = part_of(of->due, funder),
			.difference_p = part_of(of->difference, funder),
			.stands_behind = of->top_up_unsigned && funder == FUNDER_THIRD_PARTY,
		};
	}
	out.items = shares;
	return out;
}

/* ---- the answer ---- */

struct accounting {
	struct look *look;
	struct viewer viewer;
	unsigned seen;
	struct account account;
	struct account_answer answer;
};

static int64_t own_number(const struct accounting *a, int32_t seq)
{
	int32_t number = seq ? view_number(&a->viewer, seq) : 0;

	return number ? number : NO_INT;
}

static bool sees_all(const struct accounting *a, const struct amounts *amounts)
{
	return !(amounts->payers & ~a->seen);
}

/* A total is for who sees all of its parts. */
static int64_t total_seen(const struct accounting *a, const struct amounts *amounts)
{
	return sees_all(a, amounts) ? amounts->total_p : NO_INT;
}

/* Of a whole week; what is paid while the person is away is a share of it too. */
static int64_t quality_seen(const struct accounting *a, const struct account_period *p)
{
	return p->terms && sees_all(a, &p->weekly)
		       ? p->quality.worked.payable_p - p->terms->weekly_p
		       : NO_INT;
}

static struct list periods_of(struct arena *arena, const struct accounting *a)
{
	const struct account_period *periods = a->account.periods.items, *p;
	struct account_period_row *rows =
		arena_array(arena, struct account_period_row, a->account.periods.count);

	for (size_t i = 0; i < a->account.periods.count; i++) {
		p = &periods[i];
		rows[i] = (struct account_period_row){
			.from_day = p->from_day,
			.to_day = p->to_day,
			.nights = p->nights,
			.provider = p->provider,
			.agreement = p->agreement ? p->agreement : NO_INT,
			.entry = own_number(a, p->entry),
			.funding_entry = own_number(a, p->funding_entry),
			.absence_entry = own_number(a, p->absence_entry),
			.past_end = p->past_end,
			.quality_entry = own_number(a, p->quality.entry),
			.quality_p = quality_seen(a, p),
			.quality_reason =
				p->terms && sees_all(a, &p->weekly)
					? quality_words(arena, &p->terms->quality, &p->quality)
					: TEXT_NONE,
			.weekly_p = total_seen(a, &p->weekly),
			.due_p = total_seen(a, &p->due),
			.by_payer = account_shares(
				arena, a->seen,
				&(struct share_amounts){.weekly = &p->weekly,
							.due = &p->due,
							.top_up_unsigned = p->top_up_unsigned}),
		};
	}
	return (struct list){rows, a->account.periods.count};
}

static struct list adjustments_of(struct arena *arena, const struct accounting *a)
{
	const struct account_adjustment *list = a->account.adjustments.items, *p;
	struct account_adjustment_row *rows =
		arena_array(arena, struct account_adjustment_row, a->account.adjustments.count);

	for (size_t i = 0; i < a->account.adjustments.count; i++) {
		p = &list[i];
		rows[i] = (struct account_adjustment_row){
			.entry = own_number(a, p->entry),
			.known_day = p->known_day,
			.paid_day = p->paid_day,
			.from_day = p->from_day,
			.to_day = p->to_day,
			.nights = p->nights,
			.difference_p = total_seen(a, &p->difference),
			.by_payer = account_shares(
				arena, a->seen,
				&(struct share_amounts){.difference = &p->difference}),
		};
	}
	return (struct list){rows, a->account.adjustments.count};
}

static void fill_answer(struct accounting *a)
{
	struct arena *arena = a->look->call->arena;
	const struct account *account = &a->account;
	const struct amounts *due = &account->due;

	a->answer.placement = a->viewer.placement->id;
	a->answer.reference = a->viewer.placement->opening->reference;
	a->answer.nights = account->nights;
	a->answer.charged_p = total_seen(a, &account->charged);
	a->answer.adjusted_p = total_seen(a, &account->adjusted);
	a->answer.due_p = total_seen(a, due);
	a->answer.by_payer = account_shares(arena, a->seen,
					    &(struct share_amounts){.charged = &account->charged,
								    .adjusted = &account->adjusted,
								    .due = due});
	a->answer.periods = periods_of(arena, a);
	a->answer.adjustments = adjustments_of(arena, a);
	a->answer.note = TEXT(NOTE);
}

/* ---- as lines ---- */

static void put_line(struct writer *w, const char *list, int64_t entry, int32_t from_day,
		     int32_t to_day, int64_t nights, const struct account_share *share,
		     int64_t amount_p)
{
	writer_printf(w, "%s,", list);
	csv_int(w, entry);
	csv_day(w, from_day);
	csv_day(w, to_day);
	csv_int(w, nights);
	csv_text(w, text_of(funder_names[share->funder]));
	csv_money(w, share->weekly_p);
	csv_money(w, amount_p);
	csv_end(w);
}

static struct text write_csv(struct arena *arena, const struct account_answer *answer)
{
	const struct account_period_row *periods = answer->periods.items;
	const struct account_adjustment_row *adjustments = answer->adjustments.items;
	const struct account_share *share;
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "list,entry,from,to,nights,payer,weekly,amount\r\n");
	for (size_t i = 0; i < answer->periods.count; i++) {
		share = periods[i].by_payer.items;
		for (size_t n = 0; n < periods[i].by_payer.count; n++)
			put_line(&w, "due", periods[i].entry, periods[i].from_day,
				 periods[i].to_day, periods[i].nights, &share[n], share[n].due_p);
	}
	for (size_t i = 0; i < answer->adjustments.count; i++) {
		share = adjustments[i].by_payer.items;
		for (size_t n = 0; n < adjustments[i].by_payer.count; n++)
			put_line(&w, "adjustment", adjustments[i].entry, adjustments[i].from_day,
				 adjustments[i].to_day, adjustments[i].nights, &share[n],
				 share[n].difference_p);
	}
	return writer_text(&w);
}

/* ---- the call ---- */

/* False when the call has been answered. Without a range it is all nights that are past. */
static bool read_question(const struct look *look, struct account_question *q, int32_t *known_day,
			  bool *has_from)
{
	struct call *call = look->call;
	int32_t today = london_day(look->now_us);

	*known_day = today;
	q->from_day = q->to_day = NO_DAY;
	if (!query_day(call, "from", &q->from_day) || !query_day(call, "to", &q->to_day) ||
	    !query_day(call, "as_known_on", known_day))
		return false;
	if (*known_day > today) {
		query_refuse(call, "as_known_on",
			     TEXT("This day is still to come. Give today or an earlier one."));
		return false;
	}
	q->known_at_us =
		*known_day == today ? look->now_us : london_instant(*known_day + 1, 0, 0) - 1;
	*has_from = q->from_day != NO_DAY;
	if (q->to_day == NO_DAY)
		q->to_day = *known_day - 1;
	if (q->to_day >= q->from_day)
		return true;
	query_refuse(call, "to", TEXT("Give a last night that is not before the first."));
	return false;
}

static void on_account_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct call *call = look->call;
	struct accounting a = {.look = look};
	struct account_question question;
	bool has_from;

	if (!look_begin(look, loaded))
		return;
	if (!account_provider_seen(&look->party, &question.provider)) {
		call_not_found(call);
		return;
	}
	if (!read_question(look, &question, &a.answer.known_on_day, &has_from))
		return;
	question.payer = account_payer_seen(&look->party);
	a.viewer = look_viewer(look, look->now);
	a.viewer.numbers = view_numbers(call->arena, look->now, &look->party);
	a.seen = account_payers_seen(&look->party);
	a.answer.from_day = has_from ? question.from_day : NO_DAY;
	a.answer.to_day = question.to_day;
	account_work(call->arena, look->now, &question, &a.account);
	fill_answer(&a);
	if (csv_is_wanted(call)) {
		csv_answer(call, write_csv(call->arena, &a.answer), "account", TEXT_NONE);
		return;
	}
	call_answer_struct(call, 200, &account_answer_schema, &a.answer);
}

void app_get_account(struct call *call)
{
	look_start(call, on_account_loaded);
}
