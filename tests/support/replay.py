"""Every calculation that a database holds is asked for again, and must come out as it was stored."""

import itertools

from support.client import Client

AUDITORS = {"council": "AUDITOR", "southmere": "AUDITOR2"}
CALCULATED = "select authority_id, stream_id, count(*) from fact where kind = 'calculated' group by 1, 2 order by 1, 2"
numbers = itertools.count(1)


def auditor_of(house, authority):
    """The house's own, or one entered for an authority that a test made."""
    for key, who in AUDITORS.items():
        if house.organisations.get(key) == authority:
            return house.client(who)
    admin = house.client("ADMIN")
    user = admin.post("/v1/users", {"name": "Rhea Play", "email": f"replay{next(numbers)}@concordat.example",
                                    "organisation": authority, "roles": ["auditor"]}, 201).json
    token = admin.post("/v1/tokens", {"user": user["id"], "organisation": authority, "label": "replay", "days": 1}, 201)
    return Client(house.daemon.base_url, token.json["secret"])


def replay(house):
    """How many there were; each asked by an auditor of its authority."""
    asked = 0
    rows = house.cluster.psql(CALCULATED, house.database)
    for authority, placements in itertools.groupby(rows, key=lambda row: row[0]):
        client = auditor_of(house, authority)
        for _, placement, count in placements:
            for number in range(1, int(count) + 1):
                path = f"/v1/placements/{placement}/calculations/{number}"
                again = client.get(path).json
                assert again["same"] is True, f"{path} in {house.database} comes out otherwise: {again}"
                stored, worked = ([(line["key"], line["low"], line["mid"], line["high"]) for line in again[lines]]
                                  for lines in ("lines", "workings"))
                assert stored == worked
                asked += 1
        client.close()
    return asked
