"""Runs the decoder's child process with faults: a file gets the fault that it names, any other is decoded."""

import ctypes
import os
import signal
import sys
import time

from store.files import decoder_process
from store.files.decoder_process import DecoderAnswer


def _hang() -> None:
    while True:
        pass


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(1_000_000))


def _talk() -> None:
    while True:
        sys.stdout.buffer.write(b"x" * 1_000_000)


def _open() -> None:
    os.open("/etc/hostname", os.O_RDONLY)


FAULTS = {
    b"hang": _hang,
    b"sleep": lambda: time.sleep(3600),
    b"nap": lambda: time.sleep(1),
    b"eat": _eat,
    b"talk": _talk,
    b"open": _open,
    b"crash": lambda: ctypes.string_at(0),
    b"abort": os.abort,
    b"leave": lambda: os._exit(3),
    b"be killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"say nonsense": lambda: (sys.stdout.buffer.write(b"nonsense\n"), sys.stdout.flush(), os._exit(0)),
}


def decode(kind: str, data: bytes) -> DecoderAnswer:
    if (fault := FAULTS.get(data)) is not None:
        fault()
    return decoder_process.decode(kind, data)


if __name__ == "__main__":
    decoder_process.run(decode)
