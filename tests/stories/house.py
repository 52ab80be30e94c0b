"""Where the stories find the house they are played in; tests/support/house.py builds it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from support.house import LONDON, PEOPLE, Case, House, Silent, five_pm, london, money, rfc3339  # noqa: E402, F401
