// A refusal on its way to becoming an answer.

export class Problem extends Error {
	constructor(status, code, detail) {
		super(detail);
		this.status = status;
		this.code = code;
	}

	body(requestId) {
		return JSON.stringify({
			type: `/problems/${this.code}`, title: 'The request was refused', status: this.status, detail: this.message,
			code: this.code, request_id: requestId,
		});
	}
}
