"""The whole of what is stored, checked against what was recorded: untouched it holds, and whatever is changed is named."""

import pytest


@pytest.fixture(scope="module")
def played(live):
    case = live.journey("in_force")
    live.southmere("negotiating")
    live.wait_sealed()
    live.wait_quiet()
    return case


def verify(house, *arguments):
    return house.daemon.run("verify", *arguments, check=False)


def test_what_nobody_touched_holds(live, played):
    done = verify(live)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
