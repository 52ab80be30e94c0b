"""Every calculation that a database holds is asked for again, and must come out as it was stored."""

AUDITORS = {"council": "AUDITOR", "southmere": "AUDITOR2"}
CALCULATED = "select authority_id, stream_id, count(*) from fact where kind = 'calculated' group by 1, 2"


def replay(house):
    """How many there were; each by an auditor of its authority."""
    asked = 0
    auditors = {house.organisations[key]: who for key, who in AUDITORS.items() if key in house.organisations}
    for authority, placement, count in house.cluster.psql(CALCULATED, house.database):
        for number in range(1, int(count) + 1):
            path = f"/v1/placements/{placement}/calculations/{number}"
            again = house.client(auditors[authority]).get(path).json
            assert again["same"] is True, f"{path} in {house.database} comes out otherwise: {again}"
            stored = [(line["key"], line["low"], line["mid"], line["high"]) for line in again["lines"]]
            assert stored == [(line["key"], line["low"], line["mid"], line["high"]) for line in again["workings"]]
            asked += 1
    return asked
