// A calendar on standard input as ical.js reads it: its properties and its events, as JSON.
import { readFileSync } from 'node:fs';

import ICAL from 'ical.js';

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
const properties = (component) =>
	Object.fromEntries(component.getAllProperties().map((one) => [one.name, String(one.getFirstValue())]));

console.log(JSON.stringify({
	...properties(calendar),
	events: calendar.getAllSubcomponents('vevent').map((component) => {
		const event = new ICAL.Event(component, { strictExceptions: true });

		return { ...properties(component), all_day: event.startDate.isDate, duration: event.duration.toString() };
	}),
}));
