"""One fact told three ways: an e-mail, a webhook and a line of the live stream.

    with Told(house) as told:      a webhook of the council's, and a stream that its case officer reads
        ...                        the story
        told.show("offer_made")    the first such fact, as each of the three has it
"""

import json
import threading

from support.receiver import Receiver
from support.stream import Stream

SECONDS = 30


class Live(threading.Thread):
    """Reads on, so that the service need not wait for us."""

    def __init__(self, house, who):
        super().__init__(daemon=True)
        self.stream = Stream(house.daemon.base_url, house.tokens[who])
        self.events = []
        self.changed = threading.Condition()
        self.start()

    def run(self):
        while (event := self.stream.next()) is not None:
            with self.changed:
                self.events.append((self.stream.last_id, event))
                self.changed.notify_all()

    def first(self, kind):
        with self.changed:
            found = lambda: next((pair for pair in self.events if pair[1]["type"] == kind), None)  # noqa: E731
            assert self.changed.wait_for(found, SECONDS), f"{kind} did not come over the stream"
            return found()

    def stop(self):
        self.stream.socket.shutdown(2)
        self.join(5)
        self.stream.close()


class Told:
    def __init__(self, house):
        self.house = house

    def __enter__(self):
        self.receiver = Receiver()
        self.house.enter_person("SYSTEMS", "council", "Sorrel Gage", ["administrator"])
        self.house.client("SYSTEMS").post("/v1/webhooks", {"url": self.receiver.url, "description": "the finance system"}, 201)
        self.live = Live(self.house, "OFFICER")
        return self

    def __exit__(self, *_):
        self.live.stop()
        self.receiver.stop()

    def posted(self, event):
        found = [request for request in self.receiver.requests if json.loads(request.body)["id"] == event["id"]]
        assert len(found) == 1, f"the webhook had {event['id']} {len(found)} times"
        return found[0]

    def mailed(self, event):
        ((subject,),) = self.house.cluster.psql(
            "select d.subject from delivery d join fact f using (authority_id, leaf_index) where d.channel = 'email' "
            f"and d.recipient_id = '{self.house.organisations['council']}' and f.kind = '{event['type']}' "
            f"and d.placement_id = '{event['data']['placement']}' order by f.leaf_index limit 1", self.house.database)
        return next(mail for mail in self.house.mails("placements@northfold.example") if mail.subject == subject)

    def show(self, kind):
        cursor, event = self.live.first(kind)
        request = self.posted(event)
        assert json.loads(request.body)["data"]["version"] == event["data"]["version"]
        mail = self.mailed(event)
        print(f"\nOne fact, {kind} on {event['subject']}, told three ways. By e-mail:\n")
        print(f"    To: {', '.join(mail.to)}\n    Subject: {mail.subject}\n    Message-ID: {mail.message_id}")
        print("\nBy webhook:\n")
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            print(f"    {name}: {request.headers[name]}")
        print(f"    {request.body.decode()}")
        print("\nOn the live stream, /v1/events:\n")
        print(f"    id: {cursor}\n    event: {event['type']}\n    data: {json.dumps(event, separators=(',', ':'))}", flush=True)
        print(f"\n{len(self.receiver.requests)} messages went to the webhook in all, each once, and "
              f"{len(self.live.events)} came over the stream.", flush=True)
        ids = [one.id for one in self.receiver.requests]
        assert len(ids) == len(set(ids))
