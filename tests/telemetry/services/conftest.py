"""Lets the tests of this folder import `scripted_ardupilot` and `virtual_link`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
