"""Decodes one untrusted file in the child process that `decoding` starts, with limits on memory, time and system calls.

It reads the file from its standard input, and writes one line of JSON and the bytes to keep to its standard output.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from store.files.images import NotAPicture, clean_picture, load_decoders
from store.files.pdf import NotAPdf, check_pdf, is_pdf
from store.files.pdf_contents import is_active

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


@dataclass(frozen=True)
class DecoderAnswer:
    """Holds the answer to the parent: facts and the bytes to keep. Without bytes, the original file is kept."""

    facts: dict[str, Any]
    data: bytes = b""


def run(decode: Callable[[str, bytes], DecoderAnswer]) -> None:
    """Reads one file, decodes it within the limits that the parent gave, answers, and ends."""
    kind, limits = sys.argv[1], sys.argv[2:]
    _limit(*(int(limit) for limit in limits))
    data = sys.stdin.buffer.read()
    load_decoders(data)
    _close_doors()
    answer = _answer(decode, kind, data)
    sys.stdout.buffer.write(json.dumps(answer.facts).encode() + b"\n" + answer.data)
    sys.stdout.flush()
    # Skips the interpreter's cleanup, which has nothing to do here.
    os._exit(0)


def decode(kind: str, data: bytes) -> DecoderAnswer:
    """Decodes the file. `kind` is photo or document."""
    if kind == "document" and is_pdf(data):
        check_pdf(data)
        if is_active(data):
            return DecoderAnswer({"refused": "unsafe"})
        return DecoderAnswer({"mime": "application/pdf"})
    picture = clean_picture(data)
    return DecoderAnswer({"mime": "image/jpeg", "place": picture.place}, picture.jpeg)


def _answer(decode: Callable[[str, bytes], DecoderAnswer], kind: str, data: bytes) -> DecoderAnswer:
    """Decodes the file and turns any exception into a refusal, because decoders raise anything on malformed input."""
    try:
        return decode(kind, data)
    except (NotAPdf, NotAPicture) as error:
        return DecoderAnswer({"refused": error.reason})
    except MemoryError:
        return DecoderAnswer({"refused": "too_big"})
    except Exception as error:
        return DecoderAnswer({"refused": "unreadable", "error": type(error).__name__})


def _limit(memory: int, cpu_seconds: int, alarm: int) -> None:
    if sys.platform == "linux":  # elsewhere an address space is not bounded like this
        _lower(resource.RLIMIT_AS, memory)
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    _lower(resource.RLIMIT_CPU, cpu_seconds)
    _lower(resource.RLIMIT_CORE, 0)
    # Ends this process if the parent is gone and nothing else ends it.
    signal.alarm(alarm)


def _close_doors() -> None:
    """Forbids this process to open files or sockets and to write to files, whatever the input does to the decoder."""
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, 0)


def _lower(limit: int, value: int) -> None:
    _, most = resource.getrlimit(limit)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    # One second later, at the hard limit, the kernel kills the process instead of signalling; the others have one
    # limit.
    resource.setrlimit(limit, (value, most if limit == resource.RLIMIT_CPU else value))


if __name__ == "__main__":
    run(decode)
