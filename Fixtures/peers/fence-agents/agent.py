"""usage: agent.py AGENT [ARGUMENT...]
Runs an agent of fence-agents without the modules that it imports and IPMI does not use."""
import os
import runpy
import sys
import types
import warnings

warnings.simplefilter("ignore")
agent = os.path.realpath(sys.argv[1])
for name, members in {
    "pycurl": ["error"],
    "pexpect": ["spawn", "EOF", "TIMEOUT"],
}.items():
    module = types.ModuleType(name)
    for member in members:
        setattr(module, member, type(member, (Exception,), {}))
    sys.modules[name] = module
sys.path.insert(0, os.path.join(os.path.dirname(agent), "..", "share", "fence"))
sys.argv = sys.argv[1:]
runpy.run_path(agent, run_name="__main__")
