// Working days in England and Wales, Scotland or Northern Ireland; a day ends at 17:00 in London.

const londonParts = new Intl.DateTimeFormat('en-CA', {
	timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23',
});

const london = (ms) => {
	const parts = Object.fromEntries(londonParts.formatToParts(ms).map((part) => [part.type, part.value]));
	return { day: `${parts.year}-${parts.month}-${parts.day}`, hour: Number(parts.hour) };
};

const addDays = (day, count) => new Date(Date.parse(day) + count * 86400000).toISOString().slice(0, 10);

// London's wall time as an instant.
export const atLondon = (day, hour) => {
	const asIfUtc = Date.parse(day) + hour * 3600000;
	return new Date(asIfUtc - (london(asIfUtc).hour - hour) * 3600000).toISOString().replace('.000Z', 'Z');
};

export class Calendar {
	constructor(document) {
		this.version = document.version;
		this.holidays = new Set(document.events.map((event) => event.date));
		this.kept = new Map();
	}

	isWorking(day) {
		const weekday = new Date(day).getUTCDay();
		return weekday > 0 && weekday < 6 && !this.holidays.has(day);
	}

	step(day, count) {
		const way = Math.sign(count);
		for (let left = Math.abs(count); left > 0;) {
			day = addDays(day, way);
			if (this.isWorking(day)) left--;
		}
		return day;
	}

	// What is received after 17:00 or on another day counts as received on the next working day.
	due(instant, count) {
		const { day, hour } = london(Date.parse(instant));
		const from = `${day} ${hour >= 17} ${count}`;
		if (!this.kept.has(from)) {
			const received = hour < 17 && this.isWorking(day) ? day : this.step(day, 1);
			const dueDay = this.step(received, count);
			this.kept.set(from, {
				day: dueDay, at: atLondon(dueDay, 17), reminder: atLondon(this.step(dueDay, -2), 9),
			});
		}
		return this.kept.get(from);
	}
}

export const loadCalendars = async (pool) => {
	const { rows } = await pool.query('select division, document from calendar order by version');
	return new Map(rows.map(({ division, document }) => [division, new Calendar(document)]));
};

// One clock that a fact opens, as the body names it and as the row keeps it.
export const openClock = (calendar, anchor, { n, duty, count, owedBy, owedById, thread, providerEntry }) => {
	const due = calendar.due(anchor, count);
	return {
		opened: {
			anchor, calendar_version: calendar.version, count, due_at: due.at, due_day: due.day, duty, n,
			nominal_day: due.day, owed_by: owedBy, roll: 'none', thread, unit: 'working_days',
		},
		row: {
			kind: duty, owed_by: owedBy, owed_by_id: owedById, thread, due_at: due.at,
			next_at: owedBy === 'time' ? due.at.replace('Z', '.000001Z') : due.reminder, provider_entry: providerEntry,
		},
	};
};
