// A placement as one party sees it, from its entries: read together, decrypted, and drawn for that party.

import { row, rows } from './database.js';
import { explainGuide, readModel } from './guide.js';
import { drawObligations } from './obligations.js';
import { fill, openTexts } from './personal.js';
import { Problem } from './problem.js';

const COMMISSIONERS_OWN = new Set(['panel_decided']);
const IDENTITY = ['person_name', 'date_of_birth', 'case_reference'];
const MOVES = {
	commissioner: [
		'describe_needs', 'record_involvement', 'calculate', 'refer_to_panel', 'ask', 'withdraw', 'share_identity',
		'change_timescale', 'invite_representative',
	],
	provider: ['record_involvement', 'ask'],
	turn: ['make_offer', 'accept', 'reject'],
	waiting: ['withdraw_offer'],
	always: [
		'confirm_start', 'agree_interim_terms', 'record_death', 'raise_complaint', 'propose_mediation', 'send_message',
		'write_note', 'attach', 'dispute_entry', 'acknowledge_delivery', 'correct',
	],
};

const money = (amount) => ({ amount, currency: 'GBP' });

const readPlacement = async (pool, organisation, placement) => {
	const head = await row(pool,
		`select p.authority_id, p.version, p.entries, p.stage, p.side, p.since, l.reference, l.person_id, l.provider_id,
			l.home_id, l.opened_at, e.wrapped_key, o.name as authority_name
		from placement_party p
		join placement l on l.authority_id = p.authority_id and l.id = p.placement_id
		join organisation o on o.id = p.authority_id
		left join person e on e.authority_id = l.authority_id and e.id = l.person_id
		where p.organisation_id = $1 and p.placement_id = $2 and p.until is null`,
		[organisation, placement]);
	if (!head) throw new Problem(404, 'not_found', 'There is no such placement here.');
	const of = [head.authority_id, placement];
	const [facts, obligations, texts, parties] = await Promise.all([
		rows(pool, `select seq, kind, recorded_at, body from fact
			where authority_id = $1 and stream_id = $2 order by seq`, of),
		rows(pool, `select seq, n, kind, owed_by, owed_by_id, thread, due_at, missed_at, state, provider_entry from obligation
			where authority_id = $1 and stream_id = $2 order by seq, n`, of),
		rows(pool, `select seq, field, sealed from personal_text
			where authority_id = $1 and stream_id = $2 and person_id = $3`, [...of, head.person_id]),
		rows(pool, `select organisation_id, side, since from placement_party
			where authority_id = $1 and placement_id = $2 order by since`, of),
	]);
	return { head, facts, obligations, texts, parties };
};

// The facts this party may see, each with its own number and the person's texts in place.
const seenBy = (side, facts, texts) => facts
	.filter((fact) => side === 'commissioner' || !COMMISSIONERS_OWN.has(fact.kind))
	.map((fact, i) => {
		const body = JSON.parse(fact.body);
		fill(body.data, texts.get(fact.seq));
		if (side !== 'commissioner') {
			for (const name of IDENTITY) delete body.data[name];
			if (fact.kind === 'panel_referred') delete body.data.note;
		}
		return { ...body, seq: fact.seq, entry: i + 1, recorded_at: fact.recorded_at };
	});

const pence = (rate) => Math.round(Number(rate) * 100);

const besideOf = (amount, low, high) => {
	if (amount < low) return 'below';
	return amount > high ? 'above' : 'within';
};

const besideGuide = (amount, range) => ({
	beside: besideOf(amount, pence(range.low), pence(range.high)),
	guide_high: money(pence(range.high)),
	guide_low: money(pence(range.low)),
	guide_mid: money(pence(range.mid)),
	to_mid: money(amount - pence(range.mid)),
});

// Line by line: what is offered beside the guide and the offer before, then what the guide has and nobody offers.
const compare = (offer, previous, guide) => {
	const { terms } = offer.data;
	const before = new Map(previous?.data.terms.lines.map((line) => [line.key, line.weekly.amount]));
	const ranges = new Map(guide?.workings.filter((range) => range.in_fee).map((range) => [range.key, range]));
	const offered = terms.lines.map((line) => ({
		...line,
		...(ranges.has(line.key)
			? besideGuide(line.weekly.amount, ranges.get(line.key))
			: { beside: 'no_guide', to_mid: line.weekly }),
		...(before.has(line.key) && { moved: money(line.weekly.amount - before.get(line.key)) }),
	}));
	const named = new Set(terms.lines.map((line) => line.key));
	const rest = [...ranges.values()].filter(({ key }) => !named.has(key))
		.map((range) => ({ key: range.key, label: range.label, ...besideGuide(0, range) }));
	const weekly = terms.weekly.amount;
	return {
		...(guide && {
			to_guide_mid: money(weekly - guide.mid.amount),
			beside_guide: besideOf(weekly, guide.low.amount, guide.high.amount),
		}),
		...(previous && { to_previous: money(weekly - previous.data.terms.weekly.amount) }),
		lines: [...offered, ...rest],
		lines_gone: [...before.keys()].filter((key) => !named.has(key)),
	};
};

const drawThread = (invited, offers, guide) => ({
	number: invited.thread,
	round: invited.round,
	state: 'open',
	provider: invited.data.provider,
	home: invited.data.home,
	acknowledged: offers.length > 0,
	wanted_start: invited.data.wanted_start,
	turn: offers.at(-1)?.data.side === 'provider' ? 'commissioner' : 'provider',
	offers: offers.map((offer, i) => ({
		entry: offer.entry,
		state: i === offers.length - 1 ? 'open' : 'countered',
		made_at: offer.recorded_at,
		...offer.data,
		comparison: compare(offer, offers[i - 1], guide),
	})),
	questions: [],
});

const drawRound = (side, round, panel) => ({
	number: round,
	kind: 'initial',
	open: true,
	...(side === 'commissioner' && panel && {
		panel: {
			pending: false, approved: panel.data.outcome === 'approved', limit_weekly: panel.data.limit_weekly,
			approver: panel.actor.user,
		},
	}),
});

const drawEntries = (facts, kind) => facts.filter((fact) => fact.kind === kind)
	.map(({ entry, occurred_at: at, actor, data }) => ({ entry, at, by: actor.side, ...data }));

const allowedMoves = (side, turn, obligations) => {
	const until = obligations.filter((o) => o.state === 'open').map((o) => o.due_at).sort()[0];
	return [...MOVES[side] ?? [], ...(turn === side ? MOVES.turn : MOVES.waiting), ...MOVES.always]
		.map((move) => ({ move, schema: `/openapi.json#/components/schemas/${move}`, until }));
};

const draw = (placement, { head, obligations, parties }, facts, model) => {
	const newest = (kind) => facts.findLast((fact) => fact.kind === kind);
	const opening = facts[0].data;
	const [needs, calculated, panel, invited] = ['needs_described', 'calculated', 'panel_decided', 'invited'].map(newest);
	const offers = facts.filter((fact) => fact.kind === 'offer_made');
	const guide = calculated && explainGuide(calculated, model);
	const thread = invited && drawThread(invited, offers, guide);
	return {
		id: placement,
		reference: head.reference,
		version: `v${head.version}`,
		entries: head.entries,
		stage: head.stage,
		opened_at: head.opened_at,
		protocol: facts[0].protocol,
		care_setting: opening.care_setting,
		urgency: opening.urgency,
		case_reference: opening.case_reference,
		wanted_start: opening.wanted_start,
		funding: opening.funding,
		person: {
			...(head.side === 'commissioner' && { id: head.person_id }),
			name: opening.person_name,
			initials: opening.person_initials,
			date_of_birth: opening.date_of_birth,
		},
		parties: parties.map(({ organisation_id: organisation, side, since }) => ({
			organisation, side, ...(side === 'commissioner' ? { name: head.authority_name } : { thread: 1 }), since,
		})),
		provider: head.provider_id,
		home: head.home_id,
		needs: needs && { entry: needs.entry, described_at: needs.recorded_at, ...needs.data },
		involvement: drawEntries(facts, 'involvement_recorded'),
		guide,
		...(head.side === 'commissioner' && { panel_decisions: drawEntries(facts, 'panel_decided') }),
		rounds: invited ? [drawRound(head.side, invited.round, panel)] : [],
		threads: thread ? [thread] : [],
		agreements: [],
		reviews: [],
		obligations: drawObligations(placement, head.side, obligations, facts),
		allowed_moves: allowedMoves(head.side, thread?.turn, obligations),
	};
};

export const viewPlacement = async (pool, master, caller, placement) => {
	const read = await readPlacement(pool, caller.organisation, placement);
	const { head } = read;
	const person = { authority: head.authority_id, placement, person: head.person_id, wrappedKey: head.wrapped_key };
	const seen = read.texts.filter(({ field }) => head.side === 'commissioner' || !IDENTITY.includes(field));
	const texts = openTexts(master, person, seen);
	const facts = seenBy(head.side, read.facts, texts);
	const calculated = facts.findLast((fact) => fact.kind === 'calculated');
	const model = calculated && await readModel(pool, calculated.data.model, calculated.data.version);
	if (texts.size) {
		await rows(pool,
			`insert into personal_access (authority_id, person_id, placement_id, user_id, organisation_id, texts, read_at)
			values ($1, $2, $3, $4, $5, $6, clock_timestamp())`,
			[head.authority_id, head.person_id, placement, caller.user, caller.organisation, seen.length]);
	}
	return { version: head.version, body: JSON.stringify(draw(placement, read, facts, model)) };
};
