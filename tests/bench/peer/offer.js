// make_offer: one transaction, its statements one after another.

import { openClock } from './calendar.js';
import { query, row, rows, transaction } from './database.js';
import { advanceStream, appendFact, insertObligations, lastFact, nowText, sha256 } from './ledger.js';
import { Problem } from './problem.js';

const MEETS = new Set(['respond', 'offer_again']);

const tenThousandths = (text) => {
	const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
	return BigInt(`${sign}${whole}${fraction.padEnd(4, '0')}`);
};

const rateText = (rate) => {
	const digits = String(rate < 0n ? -rate : rate).padStart(5, '0');
	const fraction = digits.slice(-4).replace(/0{1,2}$/, '');
	return `${rate < 0n ? '-' : ''}${digits.slice(0, -4)}.${fraction}`;
};

const money = (amount) => ({ amount, currency: 'GBP' });

const pence = (product) => {
	const half = product < 0n ? -500000n : 500000n;
	return Number((product + half) / 1000000n);
};

const completeTerms = (asked, previous) => {
	const lines = asked.lines.map((line) => {
		const quantity = tenThousandths(line.quantity);
		const rate = tenThousandths(line.rate);
		return {
			key: line.key, label: line.label, quantity: rateText(quantity), rate: rateText(rate), unit: line.unit,
			weekly: money(pence(quantity * rate)),
		};
	});
	return {
		calculation: previous.calculation,
		lines,
		needs: previous.needs,
		outcomes: asked.outcomes.map(({ key }) => ({ key })),
		start: asked.start,
		weekly: money(lines.reduce((total, line) => total + line.weekly.amount, 0)),
	};
};

// What becomes of each line: those offered now, in order, then those taken out.
const answersTo = (before, lines) => [
	...lines.map((line) => {
		const theirs = before.find(({ key }) => key === line.key);
		const same = theirs && ['unit', 'quantity', 'rate'].every((name) => theirs[name] === line[name]);
		return { key: line.key, what: !theirs ? 'added' : same ? 'accepted' : 'moved' };
	}),
	...before.filter(({ key }) => !lines.some((line) => line.key === key)).map(({ key }) => ({ key, what: 'removed' })),
];

// The same receipt again: a function of its row.
const receiptOf = (placement, reference, entry, version, recordedAt) => ({
	entries: [entry], move: 'make_offer', placement, recorded_at: recordedAt, reference, version: `v${version}`,
});

const knownReceipt = async (client, caller, placement, request) => {
	const known = await row(client,
		`select i.stream_id, i.request_sha256, i.first_seq, i.version, i.recorded_at, o.provider_entry, p.reference
		from idempotency i
		join placement p on p.authority_id = i.authority_id and p.id = i.stream_id
		left join obligation o on o.authority_id = i.authority_id and o.stream_id = i.stream_id and o.seq = i.first_seq
			and o.n = 1
		where i.user_id = $1 and i.key = $2`,
		[caller.user, request.key]);
	if (!known) return null;
	if (!known.request_sha256.equals(request.digest))
		throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.');
	const entry = caller.kind === 'authority' ? known.first_seq : known.provider_entry;
	return receiptOf(placement, known.reference, entry, known.version, known.recorded_at);
};

const lockStream = async (client, caller, placement) => {
	const stream = await row(client,
		`select s.authority_id, s.seq from placement_party p
		join stream s on s.authority_id = p.authority_id and s.stream_id = p.placement_id
		where p.organisation_id = $1 and p.placement_id = $2 and p.until is null
		for update of s`,
		[caller.organisation, placement]);
	if (!stream) throw new Problem(404, 'not_found', 'There is no such placement here.');
	return stream;
};

const readParties = async (client, authority, placement) => {
	const parties = await rows(client,
		`select q.organisation_id, q.side, q.version, q.entries, p.reference, p.stage, a.division
		from placement p
		join authority a on a.id = p.authority_id
		join placement_party q on q.placement_id = p.id and (q.side = 'commissioner' or q.organisation_id = p.provider_id)
		where p.authority_id = $1 and p.id = $2`,
		[authority, placement]);
	return {
		reference: parties[0].reference,
		stage: parties[0].stage,
		division: parties[0].division,
		commissioner: parties.find((party) => party.side === 'commissioner'),
		provider: parties.find((party) => party.side === 'provider'),
	};
};

const checkVersion = (request, party) => {
	if (request.version === undefined)
		throw new Problem(428, 'version_required', 'Say which version of the placement you have seen, in If-Match.');
	if (request.version !== party.version)
		throw new Problem(412, 'version_stale', 'The placement has changed since the version you named. Read it again.');
};

const checkTurn = (open, stage, caller) => {
	const mine = open.find((o) => MEETS.has(o.kind) && o.owed_by_id === caller.organisation);
	if (stage !== 'negotiating' || !mine)
		throw new Problem(409, 'turn', 'It is not your turn: the other side has yet to answer.');
	return mine;
};

const stateOnceClosed = (o) => {
	if (!MEETS.has(o.kind)) return 'released';
	return o.missed_at ? 'met_late' : 'met';
};

const updateColumns = async (client, authority, placement, recordedAt, owner, other, dueAt) => {
	await query(client,
		'update placement set stage = $3, changed_at = $4 where authority_id = $1 and id = $2',
		[authority, placement, 'negotiating', recordedAt]);
	await query(client,
		`update placement_party set version = version + 1, entries = entries + 1, overdue = false, stage = $4,
			next_due_at = case when organisation_id = $1 then $5::timestamptz end
		where organisation_id in ($1, $2) and placement_id = $3`,
		[owner, other, placement, 'negotiating', dueAt]);
};

const closeObligations = (client, authority, placement) => query(client,
	`update obligation set next_at = null, state = case
		when kind not in ('respond', 'offer_again') then 'released' when missed_at is null then 'met' else 'met_late' end
	where authority_id = $1 and stream_id = $2 and thread > 0 and state = 'open'`,
	[authority, placement]);

const bodyOf = ({ caller, own, previous, terms, open, opened, recordedAt }) => ({
	actor: { organisation: caller.organisation, side: own.side, user: caller.user },
	closes: open.map((o) => ({ due_at: o.due_at, entry: o.seq, n: o.n, state: stateOnceClosed(o) })),
	data: {
		answers: previous.data.number,
		line_answers: answersTo(previous.data.terms.lines, terms.lines),
		number: previous.data.number + 1,
		side: own.side,
		terms,
		terms_digest: sha256(JSON.stringify(terms)).toString('hex'),
	},
	kind: 'offer_made',
	occurred_at: recordedAt,
	opens: opened,
	protocol: previous.protocol,
	round: previous.round,
	thread: previous.thread,
	v: 1,
});

// request: { key, digest, version, terms }
export const makeOffer = (pool, calendars, caller, placement, request) => transaction(pool, async (client) => {
	const { authority_id: authority, seq } = await lockStream(client, caller, placement);
	const receipt = await knownReceipt(client, caller, placement, request);
	if (receipt) return receipt;

	const { reference, stage, division, commissioner, provider } = await readParties(client, authority, placement);
	const [own, other] = caller.organisation === authority ? [commissioner, provider] : [provider, commissioner];
	checkVersion(request, own);
	const open = await rows(client,
		`select seq, n, kind, owed_by_id, due_at, missed_at from obligation
		where authority_id = $1 and stream_id = $2 and thread > 0 and state = 'open' order by seq, n`,
		[authority, placement]);
	checkTurn(open, stage, caller);
	const last = await lastFact(client, authority, placement, seq);

	const previous = JSON.parse(last.offer);
	const recordedAt = nowText();
	const next = seq + 1;
	const clock = { thread: previous.thread, providerEntry: provider.entries + 1 };
	const calendar = calendars.get(division);
	const respond = openClock(calendar, recordedAt,
		{ ...clock, n: 1, duty: 'respond', count: 5, owedBy: other.side, owedById: other.organisation_id });
	const stands = openClock(calendar, recordedAt,
		{ ...clock, n: 2, duty: 'offer_stands', count: 20, owedBy: 'time', owedById: null });
	const terms = completeTerms(request.terms, previous.data.terms);

	await advanceStream(client, authority, placement, next);
	await updateColumns(client, authority, placement, recordedAt, other.organisation_id, own.organisation_id,
		respond.row.due_at);
	await closeObligations(client, authority, placement);
	await insertObligations(client, authority, placement, next, [respond.row, stands.row]);
	await query(client,
		`insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version,
			recorded_at)
		values ($1, $2, $3, $4, $5, $6, $6, $7, $8)`,
		[caller.user, request.key, request.digest, authority, placement, next, own.version + 1, recordedAt]);
	await appendFact(client, {
		authority,
		stream: placement,
		seq: next,
		prev: last.leaf_hash,
		recordedAt,
		actor: caller.user,
		body: bodyOf({ caller, own, previous, terms, open, opened: [respond.opened, stands.opened], recordedAt }),
	});
	return receiptOf(placement, reference, own.entries + 1, own.version + 1, recordedAt);
});
