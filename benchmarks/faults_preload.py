"""What every worker needs, imported once: workers are forked from a process that has it and no database open."""

from __future__ import annotations

from benchmarks.faults_worker import drivers

drivers()
