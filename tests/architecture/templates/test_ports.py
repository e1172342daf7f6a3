"""Two checkouts on one machine do not meet on a port, not even when they start in the same second."""

import tempfile
import unittest
from dataclasses import astuple
from pathlib import Path

from tools.local import ports


class Ports(unittest.TestCase):
    def test_what_starts_at_the_same_time_gets_ports_of_its_own(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            # Nothing listens yet on what the first has chosen.
            chosen = [astuple(ports.choose(Path(state), prefer=True)) for state in (one, other)]
        self.assertEqual(len({port for three in chosen for port in three}), 6, chosen)


if __name__ == "__main__":
    unittest.main()
