// The guide price with what each of its lines rests on, told from the cost model that it was calculated by.

import { row } from './database.js';

const models = new Map();

export const readModel = async (pool, id, version) => {
	const key = `${id} ${version}`;
	if (!models.has(key)) {
		const { document } = await row(pool, 'select document from cost_model where id = $1 and version = $2', [id, version]);
		const named = [...document.inputs, ...document.assumptions].map((entry) => [entry.key, entry]);
		models.set(key, { named: new Map(named), lines: new Map(document.lines.map((line) => [line.key, line])) });
	}
	return models.get(key);
};

const refsOf = (line) => [
	...(typeof line.value === 'string' ? [line.value] : []),
	...(line.of ?? []).map((part) => part.ref ?? part),
	...(line.quantity ?? []).map((part) => part.ref ?? part),
	...(line.divided_by ?? []).map((part) => part.ref ?? part),
].filter((ref) => typeof ref === 'string');

const figure = (value, unit) => {
	if (unit === 'pound') return `£${value}`;
	return unit === 'percent' ? `${value}%` : `${value} ${unit}${value === '1' ? '' : 's'}`;
};

const explainLine = (range, model, inputs, ranges) => {
	const line = model.lines.get(range.key);
	if (!line) return range;
	const assumptions = [];
	const workings = [];
	for (const ref of refsOf(line)) {
		const named = model.named.get(ref);
		const other = ranges.get(ref);
		if (named?.low !== undefined) {
			const [low, mid, high] = [named.low, named.mid, named.high].map((value) => figure(value, named.unit));
			assumptions.push(`${named.label}: ${low} low, ${mid} mid, ${high} high`);
			workings.push(`${named.label} (${mid})`);
		} else if (named) {
			const value = figure(inputs[ref] ?? named.value ?? named.default, named.unit);
			assumptions.push(`${named.label}: ${value}`);
			workings.push(`${named.label} (${value})`);
		} else if (other) {
			workings.push(`${other.label} (£${other.mid})`);
		}
	}
	return {
		assumption: assumptions.join('; '),
		counts: line.counts ?? 'in_fee',
		group: line.group,
		high: range.high,
		...(line.counts ? {} : { in_fee: true }),
		index: line.index,
		key: range.key,
		label: range.label,
		low: range.low,
		mid: range.mid,
		source: line.source_url ? `${line.source} (${line.source_url})` : line.source,
		unit: 'week',
		working: workings.join(line.kind === 'sum' ? ' + ' : ' × '),
	};
};

export const explainGuide = ({ entry, recorded_at: calculatedAt, data }, model) => {
	const ranges = new Map(data.lines.map((line) => [line.key, line]));
	return {
		entry,
		calculated_at: calculatedAt,
		...data,
		note: 'A guide price is a starting point and not a conclusion.',
		workings: data.lines.map((range) => explainLine(range, model, data.inputs, ranges)),
	};
};
