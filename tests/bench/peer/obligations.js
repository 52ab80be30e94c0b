// What is owed, with its dates in words and what the clock that set it counts.

const londonWords = new Intl.DateTimeFormat('en-GB', {
	timeZone: 'Europe/London', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric',
});
const londonTime = new Intl.DateTimeFormat('en-GB', {
	timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});
const words = new Map();

// Due dates are few: every day has one 17:00.
const inWords = (instant) => {
	if (!words.has(instant)) {
		if (words.size > 10000) words.clear();
		const at = new Date(instant);
		words.set(instant, `${londonWords.format(at).replace(',', '')} at ${londonTime.format(at)}`);
	}
	return words.get(instant);
};

const ruleOf = (opened) => {
	if (!opened) return undefined;
	return opened.unit === 'weekday' ? 'next Wednesday' : `${opened.count} ${opened.unit.replace('_', ' ')}`;
};

const IF_NOT_DONE = {
	offer_stands: 'It expires, and with it: the offer; its maker owes another.',
	default: 'It is recorded as not done in time, both sides are told, and it stays open until it is done.',
};

export const drawObligations = (placement, side, obligations, facts) => {
	const bySeq = new Map(facts.map((fact) => [fact.seq, fact]));
	const closed = new Map();
	for (const fact of facts) for (const { entry, n } of fact.closes ?? []) closed.set(`${entry}.${n}`, fact.recorded_at);
	return obligations
		.filter((o) => bySeq.has(o.seq) && (side === 'commissioner' || o.thread > 0))
		.map((o) => {
			const id = `${side === 'commissioner' ? o.seq : o.provider_entry}.${o.n}`;
			const opened = bySeq.get(o.seq).opens?.find(({ n }) => n === o.n);
			return {
				id,
				duty: o.kind,
				owed_by: o.owed_by,
				owed_by_organisation: o.owed_by_id ?? undefined,
				thread: o.thread || undefined,
				state: o.state,
				due_at: o.due_at,
				due_words: inWords(o.due_at),
				missed_at: o.missed_at ?? undefined,
				paused: false,
				provisional: false,
				rule: ruleOf(opened),
				opened_at: bySeq.get(o.seq).recorded_at,
				...(o.state === 'open'
					? { if_not_done: IF_NOT_DONE[o.kind] ?? IF_NOT_DONE.default }
					: { closed_at: closed.get(`${o.seq}.${o.n}`) }),
				href: `/v1/placements/${placement}/obligations/${id}`,
			};
		});
};
