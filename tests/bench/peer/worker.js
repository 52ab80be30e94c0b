// The clock's work by Graphile Worker: one job for each obligation that is due.
//
//     node worker.js enqueue    a job for each open obligation that is past due
//     node worker.js enqueue-posts PORT COUNT    so many signed messages to be posted there
//     node worker.js run        until the queue is empty; prints {"fired":N,"seconds":S}

import { createHmac, randomBytes, randomUUID } from 'node:crypto';

import { Logger, makeWorkerUtils, run } from 'graphile-worker';

import { loadCalendars, openClock } from './calendar.js';
import { makePool, query, row, rows, transaction } from './database.js';
import { advanceStream, appendFact, insertObligations, nowText } from './ledger.js';

const CONCURRENCY = Number(process.env.CONCURRENCY ?? 16);
const preset = { worker: { concurrentJobs: CONCURRENCY, localQueue: { size: 500 }, completeJobBatchDelay: 0 } };
const quiet = new Logger(() => (level, message) => {
	if (level === 'error') console.error(message);
});

// With the hash of the last entry, which the next is chained to, and the entry that opened it.
const readOwed = (client, { authority, placement, seq, n }, last) => row(client,
	`select o.kind, o.owed_by, o.owed_by_id, o.thread, o.due_at, f.leaf_hash as prev, b.body as opening
	from obligation o
	join fact f on f.authority_id = o.authority_id and f.stream_id = o.stream_id and f.seq = $5
	join fact b on b.authority_id = o.authority_id and b.stream_id = o.stream_id and b.seq = o.seq
	where o.authority_id = $1 and o.stream_id = $2 and o.seq = $3 and o.n = $4 and o.state = 'open' and o.missed_at is null
		and o.due_at < clock_timestamp()`,
	[authority, placement, seq, n, last]);

const recordParties = (client, placement, owner, dueAt, overdue) => query(client,
	`update placement_party set version = version + 1, entries = entries + 1,
		overdue = overdue or (organisation_id = $2 and $4),
		next_due_at = case when $4 then next_due_at when organisation_id = $2 then $3::timestamptz end
	where placement_id = $1`,
	[placement, owner, dueAt, overdue]);

// An offer that lapses takes the answer to it along; its maker owes another.
const lapse = async (client, job, owed, seq, side, calendars) => {
	const closes = await rows(client,
		`update obligation set state = 'lapsed', next_at = null
		where authority_id = $1 and stream_id = $2 and thread = $3 and state = 'open'
		returning seq, n, due_at`,
		[job.authority, job.placement, owed.thread]);
	const maker = await row(client,
		`select q.organisation_id, q.side, a.division
		from authority a join placement_party q on q.authority_id = a.id
		where a.id = $1 and q.placement_id = $2 and q.side = $3`,
		[job.authority, job.placement, side]);
	const clock = { thread: owed.thread, providerEntry: seq - 1 };
	const again = openClock(calendars.get(maker.division), owed.due_at,
		{ ...clock, n: 1, duty: 'offer_again', count: 5, owedBy: maker.side, owedById: maker.organisation_id });
	const stands = openClock(calendars.get(maker.division), owed.due_at,
		{ ...clock, n: 2, duty: 'round_stands', count: 20, owedBy: 'time', owedById: null });
	await insertObligations(client, job.authority, job.placement, seq, [again.row, stands.row]);
	await recordParties(client, job.placement, maker.organisation_id, again.row.due_at, false);
	return {
		closes: closes.map((o) => ({ due_at: o.due_at, entry: o.seq, n: o.n, state: 'lapsed' })),
		opens: [again.opened, stands.opened],
	};
};

const miss = async (client, job, owed) => {
	await query(client,
		`update obligation set missed_at = due_at, next_at = null
		where authority_id = $1 and stream_id = $2 and seq = $3 and n = $4`,
		[job.authority, job.placement, job.seq, job.n]);
	await recordParties(client, job.placement, owed.owed_by_id, null, true);
	return {};
};

const fire = (pool, calendars, job) => transaction(pool, async (client) => {
	const stream = await row(client,
		'select seq from stream where authority_id = $1 and stream_id = $2 for update', [job.authority, job.placement]);
	const owed = await readOwed(client, job, stream.seq);
	if (!owed) return false;
	const { actor: maker, protocol, round, thread } = JSON.parse(owed.opening);
	const seq = stream.seq + 1;
	const recordedAt = nowText();
	const lapses = owed.kind === 'offer_stands';

	await advanceStream(client, job.authority, job.placement, seq);
	await query(client, 'update placement set changed_at = $3 where authority_id = $1 and id = $2',
		[job.authority, job.placement, recordedAt]);
	const { closes, opens } = lapses
		? await lapse(client, job, owed, seq, maker.side, calendars)
		: await miss(client, job, owed);
	await appendFact(client, {
		authority: job.authority,
		stream: job.placement,
		seq,
		prev: owed.prev,
		recordedAt,
		body: {
			actor: { side: 'time' },
			closes,
			data: { due_at: owed.due_at, duty: owed.kind, entry: job.seq, n: job.n, owed_by: owed.owed_by },
			kind: lapses ? 'lapsed' : 'missed',
			occurred_at: owed.due_at,
			opens,
			protocol,
			round,
			thread,
			v: 1,
		},
	});
	return true;
});

const enqueue = async (pool) => {
	const utils = await makeWorkerUtils({ pgPool: pool, logger: quiet });
	await utils.migrate();
	const { rowCount } = await pool.query(
		`select id from graphile_worker.add_jobs((
			select array_agg(('fire', json_build_object('authority', authority_id, 'placement', stream_id, 'seq', seq, 'n', n),
				null, due_at, null, null, null, null)::graphile_worker.job_spec)
			from obligation where state = 'open' and missed_at is null and due_at < clock_timestamp()))`);
	await utils.release();
	console.log(JSON.stringify({ enqueued: rowCount }));
};

const enqueuePosts = async (pool, port, count) => {
	const utils = await makeWorkerUtils({ pgPool: pool, logger: quiet });
	await utils.migrate();
	const body = JSON.stringify({ specversion: '1.0', type: 'offer_made', data: { text: 'x'.repeat(500) } });
	await pool.query(
		`select id from graphile_worker.add_jobs((
			select array_agg(('post', json_build_object('url', $1::text, 'body', $2::text),
				null, null, null, null, null, null)::graphile_worker.job_spec)
			from generate_series(1, $3::integer)))`, [`http://127.0.0.1:${port}/`, body, count]);
	await utils.release();
	console.log(JSON.stringify({ enqueued: count }));
};

// As Standard Webhooks signs it.
const key = randomBytes(32);
const post = async ({ url, body }) => {
	const id = randomUUID();
	const stamp = String(Math.floor(Date.now() / 1000));
	const signature = `v1,${createHmac('sha256', key).update(`${id}.${stamp}.${body}`).digest('base64')}`;
	const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signature };
	const answer = await fetch(url, { method: 'POST', headers, body });
	if (!answer.ok) throw new Error(`it answered ${answer.status}`);
};

const runAll = async (pool) => {
	const { rows: [{ count }] } = await pool.query('select count(*) from graphile_worker.jobs');
	const calendars = await loadCalendars(pool);
	let left = count;
	let fired = 0;
	let failed = 0;
	const began = performance.now();
	const runner = await run({
		pgPool: pool,
		preset,
		logger: quiet,
		noHandleSignals: true,
		taskList: {
			fire: async (job) => {
				if (await fire(pool, calendars, job)) fired++;
			},
			post: async (job) => {
				await post(job);
				fired++;
			},
		},
	});
	await new Promise((resolve) => {
		const end = () => --left || resolve();
		if (!left) resolve();
		runner.events.on('job:success', end);
		runner.events.on('job:failed', () => {
			failed++;
			end();
		});
	});
	await runner.stop();
	const seconds = Number(((performance.now() - began) / 1000).toFixed(3));
	console.log(JSON.stringify({ fired, seconds, failed }));
};

const pool = makePool(CONCURRENCY + 4);
const [command, port, count] = process.argv.slice(2);
if (command === 'enqueue') await enqueue(pool);
else if (command === 'enqueue-posts') await enqueuePosts(pool, port, Number(count));
else await runAll(pool);
await pool.end();
