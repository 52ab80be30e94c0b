/*
 * record_no_reply.c - whether a statement that no reply was recorded says what its entries say.
 *
 * The headers go from the ledger's first to the last one here without a gap, each naming the one
 * before it by its hash; the opening entry says what was owed; nothing whose words are shown ends
 * it as done; and the last entry says that it was missed or lapsed. That the last one is the newest
 * there was, no entry shows: then that stays open.
 */
#include "record_parts.h"

static bool check_chain(struct checking *check, const struct record_head *head,
			const struct shown *shown)
{
	static const struct digest none;

	for (size_t i = 0; i < head->entries.count; i++) {
		const struct digest *before = i ? &shown[i - 1].header.leaf : &none;
		struct text where = entry_pointer(check->arena, i);

		if (shown[i].header.seq != (int64_t)i + 1)
			return check_fault(check, where,
					   "Entry %zu of the ledger is missing: this one is %lld.",
					   i + 1, (long long)shown[i].header.seq);
		if (!digest_eq(&shown[i].header.prev_leaf, before))
			return check_fault(check, where,
					   "It does not follow the entry before it: the hash that "
					   "it names is another.");
	}
	check_add(check, FINDING_HOLDS, TEXT("/entries"),
		  text_printf(check->arena,
			      "The ledger's entries 1 to %zu are all here, each chained to the one "
			      "before it.",
			      head->entries.count));
	return true;
}

static bool check_opening(struct checking *check, const struct no_reply *s,
			  const struct shown *shown)
{
	struct text where = TEXT("/entry");
	const struct opened *opens;
	const struct fact *fact;

	if (s->entry < 1 || (size_t)s->entry > s->head.entries.count)
		return check_fault(check, where, "There is no such entry here.");
	fact = shown[s->entry - 1].fact;
	if (!fact)
		return check_fault(check, where, "The words of that entry are not here.");
	opens = fact->opens.items;
	for (size_t i = 0; i < fact->opens.count; i++) {
		if (opens[i].n != s->n)
			continue;
		if (opens[i].duty != s->duty || opens[i].owed_by != s->owed_by)
			return check_fault(check, where, "That entry asks for something else.");
		return true;
	}
	return check_fault(check, where, "That entry asks for nothing of that number.");
}

/* Nothing shown ends it before the last one. */
static bool check_unanswered(struct checking *check, const struct no_reply *s,
			     const struct shown *shown)
{
	for (size_t i = (size_t)s->entry; i < s->head.entries.count; i++) {
		const struct fact *fact = shown[i].fact;
		const struct closed *closes = fact ? fact->closes.items : NULL;

		for (size_t n = 0; fact && n < fact->closes.count; n++)
			if (closes[n].entry == s->entry && closes[n].n == s->n &&
			    closes[n].state != OBLIGATION_LAPSED)
				return check_fault(check, entry_pointer(check->arena, i),
						   "This entry ends what was owed, and not as "
						   "lapsed.");
	}
	return true;
}

static bool check_closing(struct checking *check, const struct no_reply *s,
			  const struct shown *shown)
{
	const struct shown *last = &shown[s->head.entries.count - 1];
	const struct not_done *data = last->fact ? last->fact->data : NULL;
	enum fact_kind kind = s->until == UNTIL_MISSED ? FACT_MISSED : FACT_LAPSED;
	struct text where = entry_pointer(check->arena, s->head.entries.count - 1);

	if (s->until == UNTIL_NEWEST)
		return s->due_at_us == NEVER_US ||
		       check_fault(check, TEXT("/due_at"),
				   "Up to the newest entry, no instant has passed.");
	if (!last->fact || last->fact->kind != kind || last->fact->side != SIDE_TIME)
		return check_fault(check, where, "This entry does not say that it was %s.",
				   no_reply_until_names[s->until]);
	if (data->entry != s->entry || data->n != s->n || data->duty != s->duty ||
	    data->owed_by != s->owed_by)
		return check_fault(check, where, "This entry is about something else.");
	return (data->due_at_us == s->due_at_us && s->due_at_us != NEVER_US) ||
	       check_fault(check, TEXT("/due_at"), "What was recorded was due at another time.");
}

static void tell(struct checking *check, const struct no_reply *s, const struct shown *shown)
{
	const struct shown *opening = &shown[s->entry - 1];
	const struct shown *last = &shown[s->head.entries.count - 1];
	struct arena *arena = check->arena;
	struct text duty = text_copy(arena, text_of(duty_names[s->duty]));
	size_t shown_after = 0;

	for (size_t i = 0; i < duty.len; i++)
		if (duty.at[i] == '_')
			((char *)duty.at)[i] = ' ';
	for (size_t i = (size_t)s->entry; i < s->head.entries.count; i++)
		shown_after += shown[i].fact != NULL;
	check_add(check, FINDING_HOLDS, entry_pointer(arena, (size_t)s->entry - 1),
		  text_printf(arena, "On %.*s it fell to the %s to %.*s.",
			      TEXT_FMT(record_moment(arena, opening->header.recorded_at_us)),
			      side_names[s->owed_by], TEXT_FMT(duty)));
	check_add(check, FINDING_HOLDS, TEXT("/entries"),
		  text_printf(arena,
			      "Of the %zu entries behind it up to %.*s, the words of %zu are here, "
			      "and none of those answers it.",
			      s->head.entries.count - (size_t)s->entry,
			      TEXT_FMT(record_moment(arena, last->header.recorded_at_us)),
			      shown_after));
	if (s->until != UNTIL_NEWEST)
		check_add(check, FINDING_HOLDS, entry_pointer(arena, s->head.entries.count - 1),
			  text_printf(arena,
				      "The last entry says that it was %s: it was due on %.*s.",
				      no_reply_until_names[s->until],
				      TEXT_FMT(record_moment(arena, s->due_at_us))));
}

bool check_no_reply(struct checking *check, struct no_reply *s)
{
	const struct shown *shown;

	if (!text_is(s->head.format, NO_REPLY_FORMAT))
		return check_fault(check, TEXT("/format"), "This is not known here.");
	if (!text_is(s->meaning, no_reply_meaning))
		return check_fault(check, TEXT("/meaning"),
				   "What it shows and does not show is said otherwise than it is.");
	shown = check_entries(check, &s->head);
	if (!shown || !check_chain(check, &s->head, shown) || !check_opening(check, s, shown) ||
	    !check_unanswered(check, s, shown) || !check_closing(check, s, shown) ||
	    !check_names(check, &s->head, shown, NULL, 0))
		return false;
	tell(check, s, shown);
	if (!check_proofs(check, &s->head, shown) ||
	    !check_signature(check, &no_reply_schema, &s->head, s))
		return false;
	check_limits(check, &s->head, shown);
	if (s->until == UNTIL_NEWEST)
		check_add(check, FINDING_UNCHECKED, TEXT("/until"),
			  TEXT("Whether the last entry here was the newest of the ledger when this "
			       "was written: the service says so, and no entry shows it."));
	check_add(check, FINDING_UNCHECKED, TEXT("/meaning"), text_of(no_reply_meaning));
	check_add(check, FINDING_UNCHECKED, TEXT("/entries"),
		  TEXT("A later entry, which is not here, may have made void or put right what the "
		       "last one here says."));
	return true;
}
