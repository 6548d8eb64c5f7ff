"""Decodes photos and PDFs of strangers in child processes with bounded memory and time, a few at once.

A file that fills the memory, never ends or crashes its decoder harms its own child only, and is refused. The child has
no key and no password: its environment holds none.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from store.errors import Refusal

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
# Enough for a JPEG of 50 megapixels and for the largest of the other formats that are taken (store.files.images).
MEMORY = 320 * 1024 * 1024
CPU_SECONDS = 10
# Longer than the processor time, because the machine may be busy with other work.
WALL_SECONDS = 45.0
AT_ONCE = 2
# A clean photo is small: at most 2,048 pixels. A child that answers more than this is compromised or broken.
MAX_ANSWER = 16 * 1024 * 1024
# The variables by which Python and its libraries are found; the child gets no others.
_ENVIRONMENT = ("PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
# glibc reserves memory for each thread, which would count as used.
_MALLOC = {"MALLOC_ARENA_MAX": "1"}
# Signals from outside, for lack of memory or at a restart: they do not prove a fault of the file.
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)


Reason = Literal["too_big", "unreadable", "cut_off", "locked", "unsafe"]


class FileRefused(Refusal):
    """Says that the file is refused; `reason` is a Reason."""

    reason: Reason


class DecoderUnavailable(RuntimeError):
    """Says that decoding did not finish and the cause is unknown: it is worth another try."""


@dataclass(frozen=True)
class Decoded:
    """Holds what may be kept of a file. `place` is the camera's GPS position."""

    data: bytes
    mime: str
    place: dict[str, float] | None = None


class _Place(BaseModel):
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)


class _Facts(BaseModel):
    """Parses the first line of the child's answer."""

    mime: Literal["image/jpeg", "application/pdf"] = "image/jpeg"
    place: _Place | None = None
    refused: Reason | None = None
    error: str = Field("", max_length=100)


@dataclass(frozen=True)
class DecoderLimits:
    memory: int = MEMORY
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: float = WALL_SECONDS


class Decoder:
    """Decodes in child processes; threads share one instance per process and wait where more than `at_once` would
    decode.
    """

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        limits: DecoderLimits | None = None,
        program: str = "store.files.decoder_process",
    ) -> None:
        self._limits, self._program = limits or DecoderLimits(), program
        self._free = threading.BoundedSemaphore(at_once)

    def decode(self, kind: str, data: bytes) -> Decoded:
        """Returns what may be kept of the file; `kind` is photo or document.

        Raises FileRefused for a bad file and DecoderUnavailable for a failure of our own.
        """
        if not self._free.acquire(timeout=self._limits.wall_seconds):
            raise DecoderUnavailable("all others are busy")
        try:
            answer = self._ask_child(kind, data)
        finally:
            self._free.release()
        return _understood(answer, data)

    def _ask_child(self, kind: str, data: bytes) -> bytes:
        until = time.monotonic() + self._limits.wall_seconds
        with self._child(kind) as (process, channel):
            try:
                with suppress(BrokenPipeError, ConnectionResetError):
                    _send(channel, data, until)
                answer = _receive(channel, until)
                process.wait(timeout=max(until - time.monotonic(), 0.1))
            except (TimeoutError, subprocess.TimeoutExpired) as error:
                raise DecoderUnavailable("it took too long") from error
        _check_end(process.returncode)
        return answer

    @contextmanager
    def _child(self, kind: str) -> Iterator[tuple["subprocess.Popen[bytes]", socket.socket]]:
        """Starts a child process for the block and always ends it afterwards."""
        ours, theirs = socket.socketpair()
        with ours:
            try:
                with theirs:
                    process = self._start(kind, theirs)
            except OSError as error:
                raise DecoderUnavailable("no process can be started") from error
            try:
                yield process, ours
            finally:
                process.kill()
                process.wait()

    def _start(self, kind: str, channel: socket.socket) -> "subprocess.Popen[bytes]":
        alarm = int(self._limits.wall_seconds) + 5
        limits = (str(self._limits.memory), str(self._limits.cpu_seconds), str(alarm))
        return subprocess.Popen(  # noqa: S603 - a program of ours, and no word of the file's
            [sys.executable, "-m", self._program, kind, *limits],
            stdin=channel.fileno(),
            stdout=channel.fileno(),
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=child_environment(os.environ),
        )


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return _MALLOC | {name: environ[name] for name in _ENVIRONMENT if name in environ}


def _send(channel: socket.socket, data: bytes, until: float) -> None:
    # One deadline for the whole file, however little the other side reads at once.
    channel.settimeout(max(until - time.monotonic(), 0.1))
    channel.sendall(data)
    channel.shutdown(socket.SHUT_WR)


def _receive(channel: socket.socket, until: float) -> bytes:
    answer = bytearray()
    while True:
        channel.settimeout(max(until - time.monotonic(), 0.1))
        try:
            chunk = channel.recv(256 * 1024)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return bytes(answer)
        answer += chunk
        if len(answer) > MAX_ANSWER:
            raise FileRefused("unreadable")


def _check_end(code: int) -> None:
    if code == 0:
        return
    log.warning("decoder ended", extra={"code": code})
    if code > 0 or -code in _FROM_OUTSIDE:
        raise DecoderUnavailable(f"the decoder ended with {code}")
    # The child ran out of processor time or crashed on these bytes, and would again.
    raise FileRefused("unreadable")


def _understood(answer: bytes, original: bytes) -> Decoded:
    """Parses the child's answer without trusting it, because the child processed a stranger's bytes."""
    line, _, data = answer.partition(b"\n")
    try:
        facts = _Facts.model_validate_json(line)
    except ValidationError as error:
        raise FileRefused("unreadable") from error
    if facts.refused:
        if facts.error:
            log.error("file breaks its decoder", extra={"error": facts.error})
        raise FileRefused(facts.refused)
    if facts.mime == "application/pdf":
        return Decoded(original, facts.mime, None)
    return Decoded(data, "image/jpeg", facts.place.model_dump() if facts.place else None)
