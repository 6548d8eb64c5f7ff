"""Loaded by Python itself before a command begins: stamps messages in processes that are started as they are."""

from tests.faults.points import stamp_messages

stamp_messages()
