/*
 * laws_reading.h - what holds of what a party reads: its own strands, what is for its side, and
 * nothing else. Texts and amounts say whose they are (people.h).
 */
#ifndef CONCORDAT_TESTS_LAWS_READING_H
#define CONCORDAT_TESTS_LAWS_READING_H

/* ---- of what a party reads ---- */

/* Put by either side, or a mediator, in a strand that is there; not what was worked out. */
static int64_t strand_at(int64_t above_p)
{
	bool put = above_p > 0 && above_p % 11 <= 2 && above_p / 11 <= STRANDS_MOST;

	return put && above_p / 11 <= (int64_t)played->thread_count ? above_p / 11 : 0;
}

/* Whose amount it is: the strand's number; 0 when it is nobody's. */
static int64_t strand_of_amount(int64_t amount_p)
{
	static const int64_t classes[] = {WITHIN_P, ABOVE_GUIDE_P, ABOVE_LIMIT_P};

	for (size_t i = 0; i < 3; i++)
		if (strand_at(amount_p - classes[i]))
			return strand_at(amount_p - classes[i]);
	return strand_at(LATER_P - amount_p);
}

static bool reads_strand(const struct party *party, int64_t number)
{
	const struct thread *thread = placement_thread(played, number);

	if (party->side == SIDE_COMMISSIONER)
		return true;
	if (party->side == SIDE_MEDIATOR) /* in a later round what is in force too */
		return party->thread == number ||
		       (thread && played->agreement_count &&
			uuid_eq(thread->provider,
				placement_thread(played, party->thread)->provider));
	if (party->side == SIDE_REPRESENTATIVE)
		return false;
	return thread && uuid_eq(thread->provider, party->organisation);
}

/* The terms in force when it took the care over are its own from then. */
static bool took_over(const struct party *party, int64_t number)
{
	for (size_t i = 1; i < played->agreement_count; i++)
		if (played->agreements[i].basis == AGREEMENT_NOVATED &&
		    uuid_eq(placement_thread(played, played->agreements[i].thread)->provider,
			    party->organisation))
			for (size_t n = 0; n < i; n++)
				if (played->agreements[n].thread == number)
					return true;
	return false;
}

static bool reads_tag(const struct party *party, const char *tag)
{
	switch (tag[1]) {
	case 'C':
		return party->side == SIDE_COMMISSIONER;
	case 'I':
		return party->side == SIDE_COMMISSIONER || party->side == SIDE_REPRESENTATIVE;
	case 'R':
		return party->side == SIDE_REPRESENTATIVE ||
		       reads_strand(party, strtol(tag + 2, NULL, 10));
	case 'E':
		return fact_visible(played->facts[strtol(tag + 2, NULL, 10) - 1], played, party);
	case 'N':
		return strtol(tag + 2, NULL, 16) == party->organisation.bytes[15];
	case 'T':
		return reads_strand(party, strtol(tag + 2, NULL, 10));
	}
	return false;
}

/* Runs of digits are amounts, ~X..~ says who may read the text around it. */
static void only_reads(const struct party *party, struct text seen, const struct thread *sealed)
{
	for (size_t i = 0; i < seen.len; i++) {
		int64_t number = 0, strand;
		size_t digits = 0;

		if (seen.at[i] == '~' && i + 1 < seen.len && strchr("CEINTR", seen.at[i + 1])) {
			LAW(reads_tag(party, seen.at + i),
			    text_cstr(arena, text_printf(arena, "a %s reads what is for %.4s",
							 side_names[party->side], seen.at + i)));
			while (seen.at[++i] != '~')
				;
			continue;
		}
		for (; i < seen.len && seen.at[i] >= '0' && seen.at[i] <= '9' && digits < 17; i++) {
			number = number * 10 + (seen.at[i] - '0');
			digits++;
		}
		if (digits != 6 || i == digits || seen.at[i - digits - 1] != ':')
			continue;
		LAW(number != CANARY_LIMIT_P || party->side == SIDE_COMMISSIONER,
		    "somebody reads the approved limit");
		strand = strand_of_amount(number);
		LAW(!strand || reads_strand(party, strand) || took_over(party, strand),
		    text_cstr(arena, text_printf(arena, "%s reads the amount %lld of strand %lld",
						 side_names[party->side], (long long)number,
						 (long long)strand)));
		LAW(!strand || !sealed || party->side != SIDE_COMMISSIONER ||
			    sealed->number != strand,
		    "the commissioner reads a sealed amount");
	}
}

/* One that is sealed; not one that is so again, whose earlier offers were opened once. */
static const struct thread *sealed_strand(const struct party *party, size_t i)
{
	const struct thread *t = &played->threads[i];

	for (size_t n = 0; n < t->offer_count; n++)
		if (!fact_is_sealed(played->facts[t->offers[n].entry - 1], played, party))
			return NULL;
	for (size_t n = 0; n < played->interim_count; n++)
		if (played->interims[n].thread == t->number)
			return NULL; /* put before it was one of several */
	return t->sealed ? t : NULL;
}

/* What the party is shown of the facts from one to another; a sealed one shows that it is there. */
static void reads_only_its_own(const struct party *party, size_t from, size_t to)
{
	enum audience audience = party->side == SIDE_COMMISSIONER     ? AUDIENCE_COMMISSIONER
				 : party->side == SIDE_REPRESENTATIVE ? AUDIENCE_REPRESENTATIVE
								      : AUDIENCE_PROVIDER;
	struct writer w;

	writer_init(&w, arena);
	for (size_t f = from; f < to; f++)
		if (fact_visible(played->facts[f], played, party) &&
		    !fact_is_sealed(played->facts[f], played, party))
			fact_render(&w, played->facts[f], audience);
	if (!w.len)
		return;
	only_reads(party, writer_text(&w), NULL);
	for (size_t i = 0; party->side == SIDE_COMMISSIONER && i < played->thread_count; i++)
		if (sealed_strand(party, i))
			only_reads(party, writer_text(&w), sealed_strand(party, i));
}

#endif
