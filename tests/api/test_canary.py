"""A word of its own in every text of every move: what is said about the person is nowhere but under the person's key.

The moves and their fields come from the document of the API, and which of them are about the person from the field tables, so
that a new one is covered by itself.
"""

import glob
import os
import re
import uuid

from support.daemon import ROOT
from support.house import RELAY_WORDS

LEFT_OUT = {"on_behalf_of", "occurred_at", "evidence", "thread"}  # beside the moves' own


def personal_fields():
    """(schema, member) that the field tables say are about a person."""
    found = set()
    for path in glob.glob(os.path.join(ROOT, "server/core/*.c")):
        with open(path, encoding="utf-8") as file:
            source = file.read()
        found |= set(re.findall(r"\bPERSONAL_F\(\s*(\w+),\s*(\w+)", source))
        found |= set(re.findall(r"\bF\(\s*(\w+),\s*\w+,\s*\"(\w+)\",\s*FIELD_PERSONAL", source))
    return found


class Words:
    def __init__(self, document):
        self.schemas = document["components"]["schemas"]
        self.said = {}  # word -> (schema, member)

    def word(self, place):
        made = f"Q{len(self.said):04d}Z"
        self.said[made] = place
        return made

    def value(self, schema, title, name):
        if "$ref" in schema:
            title = schema["$ref"].rsplit("/", 1)[1]
            return self.value(self.schemas[title], title, name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        kind = schema.get("type")
        if kind == "object":
            return self.body(schema, title)
        if kind == "array":
            return [self.value(schema["items"], title, name)] * max(1, schema.get("minItems", 1))
        if kind != "string":
            return {"integer": schema.get("minimum", 1), "boolean": True, "number": 1}.get(kind)
        if schema.get("format") == "uuid":
            return str(uuid.uuid4())
        if schema.get("format"):
            return {"date": "2026-12-07", "date-time": "2026-12-07T10:00:00Z"}.get(schema["format"])
        return "1" if "pattern" in schema else self.word((title, name))

    def body(self, schema, title):
        required = schema.get("required", [])
        return {name: self.value(of, title, name) for name, of in schema.get("properties", {}).items()
                if name not in LEFT_OUT and (name in required or of.get("type") in ("string", "array"))}

    def moves(self, document, path):
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        for one in schema.get("oneOf", [schema]):
            title = one["$ref"].rsplit("/", 1)[1]
            yield title, self.body(self.schemas[title], title)


def everything_stored(house):
    tables = house.cluster.psql("select tablename from pg_tables where schemaname = 'public' order by 1", house.database)
    rows = [row[0] for table in tables for row in house.cluster.psql(f"select t::text from {table[0]} t", house.database)]
    return "\n".join(rows)


def test_what_is_said_about_the_person_is_in_no_entry_message_log_line_metric_or_error(live):
    document = live.client("OFFICER").get("/openapi.json").json
    words, personal, answers, accepted = Words(document), personal_fields(), [], set()
    case = live.journey("in_force")
    for move, body in words.moves(document, "/v1/placements"):
        answers.append(live.client("OFFICER").post("/v1/placements", {**body, "care_setting": "residential"}, None))
    for path, address in (("/v1/placements/{id}/moves", f"/v1/placements/{case.id}"), ("/v1/homes/{id}/moves",
                          f"/v1/homes/{live.homes['Larch House']}")):
        for move, body in words.moves(document, path):
            for who in ("OFFICER", "PROVIDER"):
                client = live.client(who)
                seen = client.get(address).json
                body["move"] = body.get("move", move)
                answer = client.request("POST", f"{address}/moves", body, {
                    "Idempotency-Key": str(uuid.uuid4()), "If-Match": f"\"{seen.get('version', 'v0')}\""})
                answers.append(answer)
                if answer.status == 200:
                    accepted.add(move)
                    break
    live.wait_quiet()
    about = {word for word, place in words.said.items() if place in personal}
    assert len(about) > 40 and len(accepted) > 8, (len(about), sorted(accepted))
    places = {
        "the database": everything_stored(live),
        "an answer to a move": "\n".join(answer.text for answer in answers),
        "the log": live.daemon.log_tail(100000),
        "/metrics": live.client("OFFICER").request("GET", "/metrics").text,
        "an e-mail": "\n".join(mail.subject + mail.text for mail in live.mails()),
    }
    for place, text in places.items():
        shown = {word for word in about if word in text or word.encode().hex() in text}
        assert not shown, (place, sorted(words.said[word] for word in shown))
        assert not [word for word in RELAY_WORDS if word in text], place
    # the words were there to be found: what is no text about a person is in the ledger
    assert [word for word in words.said if word not in about and word in places["the database"]]
