// A cost model as a spreadsheet in HyperFormula, and one recalculation of it for each set of inputs.
//
//     node sheet.js MODEL.json SETS.json SECONDS    prints {"calculations":N,"seconds":S,"prices_p":[...],"exact":[...]}
//
// A row for each input, assumption and line, a column for each of the low, mid and high runs. Margins are shares of a price
// that is not known yet, so the price is what the other lines come to, divided by what the margins leave of it, and a margin's
// own row is its share of that. It knows the kinds of line that the measured model has and says so when it meets another.
// The first walk over the sets is not timed; each answer after it must be the same as that one's.
//
// HyperFormula is under the GPL, version 3. npm fetches it for this measure; nothing that is shipped holds or uses it.

import { readFile } from 'node:fs/promises';

import { HyperFormula } from 'hyperformula';

const RUNS = ['low', 'mid', 'high'];
const COLUMNS = ['B', 'C', 'D']; // A says what the row is
const FIRST = 1;
const WEEKS_A_YEAR = 52;
const ROUNDINGS = { penny_nearest: 2, pound_nearest: 0 };

const keysOf = (refs) => (refs ?? []).map(({ ref }) => ref);
const inFee = (line) => (line.counts ?? 'in_fee') === 'in_fee';
const isMargin = (line) => line.kind === 'percent_of_price';

const unknown = (what) => {
	throw new Error(`sheet.js has no formula for ${what}`);
};

// The rows, by key, and the names of their cells. What a user types stands in the first column for all three runs.
const makeNames = (model) => {
	const rows = [...model.inputs, ...model.assumptions, ...model.lines];
	const at = new Map(rows.map(({ key }, row) => [key, row]));
	const typed = new Set(model.inputs.map(({ key }) => key));
	const margins = new Set(model.lines.filter(isMargin).map(({ key }) => key));
	const cell = (key, run) => {
		if (margins.has(key)) unknown(`a line made of the margin ${key}`);
		return `${COLUMNS[typed.has(key) ? 0 : run]}${at.get(key) + 1}`;
	};
	return { rows, at, cell };
};

// Named one by one: half of them as ranges are a tenth slower.
const writeSum = ({ cell }, keys, run) => `SUM(${keys.map((key) => cell(key, run)).join(',')})`;

const writeRated = ({ cell }, line, run) => [line.value, ...keysOf(line.quantity)].map((key) => cell(key, run)).join('*')
	+ keysOf(line.per).map((key) => `/${cell(key, run)}`).join('');

const writeShareAbove = ({ cell }, line, run) => {
	if (!line.hours || !line.of?.length) unknown('a threshold for one employee');
	const year = `(${cell(line.value, run)}*${cell(line.hours, run)}*${WEEKS_A_YEAR})`;
	const top = line.upper ? `MIN(${year},${cell(line.upper, run)})` : year;
	return `MAX(${top}-${cell(line.threshold, run)},0)/${year}`;
};

// above: the lines in the fee before this one; price: the name of the price's cell.
const KINDS = {
	amount: (names, line, run) => names.cell(line.value, run),
	rate_times_quantity: writeRated,
	shared_hours: writeRated,
	annual_per_resident: (names, line, run) => `${writeRated(names, line, run)}/${WEEKS_A_YEAR}`,
	return_on_value: (names, line, run) => `${writeRated(names, line, run)}*${names.cell(line.percent, run)}/${WEEKS_A_YEAR}`,
	percent_of_lines: (names, line, run) => `${writeSum(names, keysOf(line.of), run)}*${names.cell(line.percent, run)}`,
	percent_of_price: (names, line, run, { price }) => `${names.cell(line.percent, run)}*${price}`,
	markup_on_cost: (names, line, run, { above }) =>
		`${writeSum(names, line.of?.length ? keysOf(line.of) : above, run)}*${names.cell(line.percent, run)}`,
	threshold: (names, line, run) =>
		`${writeSum(names, keysOf(line.of), run)}*${names.cell(line.percent, run)}*${writeShareAbove(names, line, run)}`,
	sum: (names, line, run) => (line.less?.length ? unknown('a sum less something') : writeSum(names, keysOf(line.of), run)),
};

const layOut = (model) => {
	const names = makeNames(model);
	const price = names.rows.length;
	const cells = names.rows.map(({ key }) => [key]);
	const costs = [];
	const margins = [];

	for (const { key, unit } of model.inputs) {
		if (unit === 'percent') unknown(`the percentage ${key} as an input`);
		cells[names.at.get(key)].push(0);
	}
	for (const { key, unit, value, ...figures } of model.assumptions)
		cells[names.at.get(key)].push(...RUNS.map((run) => Number(value ?? figures[run]) / (unit === 'percent' ? 100 : 1)));
	for (const line of model.lines) {
		const write = KINDS[line.kind] ?? unknown(line.kind);
		const sign = line.deduction ? '-' : '';
		cells[names.at.get(line.key)].push(...COLUMNS.map((column, run) =>
			`=${sign}(${write(names, line, run, { above: costs, price: `${column}${price + 1}` })})`));
		if (inFee(line)) (isMargin(line) ? margins : costs).push(isMargin(line) ? line.percent : line.key);
	}
	const digits = ROUNDINGS[model.rounding] ?? unknown(model.rounding);
	const left = (run) => `(1-${margins.length ? writeSum(names, margins, run) : 0})`;
	cells.push(['price', ...RUNS.map((_, run) => `=${writeSum(names, costs, run)}/${left(run)}`)]);
	cells.push(['rounded', ...COLUMNS.map((column) => `=ROUND(${column}${price + 1},${digits})`)]);
	return { cells, price, rounded: price + 1 };
};

const openSheet = (model) => {
	const { cells, price, rounded } = layOut(model);
	// The faster way: nothing is kept to be undone, nothing rounded on the way.
	const sheets = HyperFormula.buildFromSheets({ model: cells }, { licenseKey: 'gpl-v3', undoLimit: 0, smartRounding: false });
	const sheet = sheets.getSheetId('model');
	const inputCells = model.inputs.map((_, row) => ({ sheet, row, col: FIRST }));
	const read = (row) => RUNS.map((_, run) => {
		const value = sheets.getCellValue({ sheet, row, col: FIRST + run });
		if (typeof value !== 'number') throw new Error(`row ${row + 1} of the sheet is ${JSON.stringify(value)}`);
		return value;
	});
	return {
		calculate: (inputs) => {
			sheets.batch(() => inputCells.forEach((cell, n) => sheets.setCellContents(cell, inputs[n])));
			return read(rounded);
		},
		readPrice: () => read(price),
	};
};

const [modelFile, setsFile, seconds] = process.argv.slice(2);
const model = JSON.parse(await readFile(modelFile, 'utf8'));
const { sets } = JSON.parse(await readFile(setsFile, 'utf8'));
const rows = sets.map(({ inputs }) => model.inputs.map(({ key }) => Number(inputs[key])));
const sheet = openSheet(model);
const exact = [];
const first = rows.map((row) => {
	const prices = sheet.calculate(row);
	exact.push(sheet.readPrice());
	return prices;
});

const began = performance.now();
let calculations = 0;
let now;
do {
	const at = calculations++ % rows.length;
	const prices = sheet.calculate(rows[at]);
	if (prices.some((price, run) => price !== first[at][run])) throw new Error(`set ${at} has two prices`);
	now = performance.now();
} while (now < began + Number(seconds) * 1000);
console.log(JSON.stringify({
	calculations,
	seconds: (now - began) / 1000,
	prices_p: first.map((prices) => prices.map((price) => Math.round(price * 100))),
	exact,
}));
