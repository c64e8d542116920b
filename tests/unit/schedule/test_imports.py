from __future__ import annotations

import subprocess
import sys


def test_a_run_with_nothing_due_loads_nothing_heavy() -> None:
    needed = "publisher.ledger.git, publisher.ledger.runner, publisher.schedule.plan, publisher.schedule.timetable"
    code = f"import sys, {needed}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"yaml", "requests", "tenacity", "rich", "dateutil", "difflib", "random", "tempfile", "asyncio"}
    assert heavy.isdisjoint(loaded)
