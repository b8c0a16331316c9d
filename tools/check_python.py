"""Say in one line why this interpreter cannot run AeroPatrol, if it cannot. Runs on any Python 3."""

import importlib.util
import sys

version = "%d.%d" % sys.version_info[:2]
if len(sys.argv) > 1 and sys.argv[1] != version:
    sys.exit("%s is Python %s" % (sys.executable, version))
if sys.version_info < (3, 11):
    sys.exit("%s is Python %s, older than 3.11" % (sys.executable, version))
for module in ("venv", "ensurepip"):
    if importlib.util.find_spec(module) is None:
        remedy = "on Debian: apt-get install python%s-venv" % version
        sys.exit("%s lacks the module %s (%s)" % (sys.executable, module, remedy))
