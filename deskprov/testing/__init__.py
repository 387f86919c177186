"""Public fakes for the ports, for tests of deskprov and of programs that use it."""

from deskprov.testing.escrow import MemoryEscrow, MemoryKeys
from deskprov.testing.fixed import FixedClock, FixedFeeds, FixedLog, FixedRooms, FixedSecrets, MemoryRunLogs
from deskprov.testing.keys import FixedKeys, FixedSeals, MemoryBatches, MemoryHostKeys, MemoryLoginKey
from deskprov.testing.machines import (
    FakeSite,
    MemoryFiles,
    MemoryInventory,
    MemoryLocks,
    NoVersionControl,
    ScriptedApproach,
    ScriptedInterrupts,
    ScriptedRunner,
    ScriptedTransport,
)
from deskprov.testing.practice import MemoryPractice
from deskprov.testing.record import MemoryRecord
from deskprov.testing.workplace import FixedWorkplace

__all__ = [
    "FakeSite",
    "FixedClock",
    "FixedFeeds",
    "FixedKeys",
    "FixedLog",
    "FixedRooms",
    "FixedSeals",
    "FixedSecrets",
    "FixedWorkplace",
    "MemoryBatches",
    "MemoryEscrow",
    "MemoryFiles",
    "MemoryHostKeys",
    "MemoryInventory",
    "MemoryKeys",
    "MemoryLocks",
    "MemoryLoginKey",
    "MemoryPractice",
    "MemoryRecord",
    "MemoryRunLogs",
    "NoVersionControl",
    "ScriptedApproach",
    "ScriptedInterrupts",
    "ScriptedRunner",
    "ScriptedTransport",
]
