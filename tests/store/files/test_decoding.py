"""Tests that a malicious file harms only the child process that decodes it."""

import io
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from store.files.decoding import Decoder, DecoderLimits, DecoderUnavailable, FileRefused, child_environment
from tests.children import Child, run
from tests.town import photo
from tests.waiting import PATIENCE_SECONDS, wait_until

POISONED = "tests.poisoned_decoder"
MEGABYTE = 1024 * 1024


def poisoned(**limits) -> Decoder:
    return Decoder(program=POISONED, limits=DecoderLimits(**limits))


def blank(kind: str, size: tuple[int, int], mode: str = "RGB", **saved) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **saved)
    return out.getvalue()


def test_a_photo_comes_back_clean():
    decoded = Decoder().decode("photo", photo())
    assert (decoded.mime, decoded.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert Decoder().decode("photo", photo()).data == decoded.data


@pytest.mark.parametrize("fault", [b"hang", b"crash", b"abort", b"talk", b"say nonsense", b"open"])
def test_a_file_that_kills_or_holds_its_decoder_is_refused(fault):
    decoder = poisoned(cpu_seconds=1)
    with pytest.raises(FileRefused) as refusal:
        decoder.decode("photo", fault)
    assert refusal.value.reason == "unreadable"
    assert decoder.decode("photo", photo()).mime == "image/jpeg"


def test_a_file_that_fills_the_memory_is_too_big():
    with pytest.raises(FileRefused) as refusal:
        poisoned(memory=200 * MEGABYTE).decode("photo", b"eat")
    assert refusal.value.reason == "too_big"


@pytest.mark.parametrize("fault", [b"sleep", b"leave", b"be killed"])
def test_when_nobody_knows_whose_fault_it_is_another_try_is_asked_for(fault):
    decoder = poisoned(wall_seconds=3 if fault == b"sleep" else 30)
    with pytest.raises(DecoderUnavailable):
        decoder.decode("photo", fault)
    assert Decoder(program=POISONED).decode("photo", photo()).mime == "image/jpeg"


def test_no_process_at_all_is_trouble_of_ours():
    with pytest.raises(DecoderUnavailable):
        Decoder(program="tests.no_such_program").decode("photo", photo())


def children_of(parent: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(after_name[1]) == parent and after_name[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def test_no_more_than_so_many_decode_at_once():
    decoder = Decoder(program=POISONED, at_once=2)
    most = 0
    done = threading.Event()
    before = children_of(os.getpid())

    def decode() -> None:
        with pytest.raises(FileRefused):
            decoder.decode("photo", b"nap")

    with ThreadPoolExecutor(7) as threads:
        working = [threads.submit(decode) for _ in range(6)]
        while not all(one.done() for one in working):
            most = max(most, len(children_of(os.getpid()) - before))
            done.wait(0.02)
        for one in working:
            one.result()
    assert most == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an alarm ends it, later")
def test_a_decoder_does_not_outlive_its_parent():
    script = (
        f"from store.files.decoding import Decoder; Decoder(program={POISONED!r}).decode('photo', b'sleep')"
    )
    with Child([sys.executable, "-c", script]) as parent:
        wait_until(lambda: children_of(parent.pid), what="the decoder to begin")
        (child,) = children_of(parent.pid)
        # Wait until it has asked to end with its parent.
        wait_until(
            lambda: b"poisoned_decoder" in Path(f"/proc/{child}/cmdline").read_bytes() and sleeps(child),
            what="the decoder to sleep",
        )
        # Kill it alone, and not the group that the end of this block would kill.
        parent.kill()
        parent.wait(PATIENCE_SECONDS)
        wait_until(lambda: not is_alive(child), what="the decoder to end")


def is_alive(process: int) -> bool:
    """Says whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def sleeps(process: int) -> bool:
    """Says whether the child may open no more files, which means that its limits are set."""
    return "Max open files            0 " in Path(f"/proc/{process}/limits").read_text()


def test_its_environment_holds_nothing_of_ours():
    given = {
        "DATA_KEY": "k",
        "SECRET_KEY": "s",
        "LINE_CHANNEL_ACCESS_TOKEN": "t",
        "DATABASE_URL": "d",
        "LANG": "C",
    }
    assert child_environment(given) == {"LANG": "C", "MALLOC_ARENA_MAX": "1"}


PEAK = """
import resource, sys
from store.files.decoding import Decoder, FileRefused
try:
    print(Decoder().decode("photo", sys.stdin.buffer.read()).mime)
except FileRefused as refusal:
    print(refusal.reason)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def decoded_elsewhere(data: bytes) -> tuple[str, int]:
    """Returns the outcome, and the highest memory in megabytes that the decoder used."""
    answer, peak = run([sys.executable, "-c", PEAK], given=data).stdout.split()
    return answer, int(peak)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (lambda: blank("JPEG", (8160, 6120)), "image/jpeg"),
        (lambda: blank("JPEG", (8160, 6120), progressive=True), "image/jpeg"),
        (lambda: blank("JPEG", (8160, 6120), progressive=True, subsampling=0), "too_big"),
        (lambda: blank("PNG", (7300, 5475), "RGBA"), "image/jpeg"),
        (lambda: blank("PNG", (40_000, 1000), "RGBA"), "image/jpeg"),
        (lambda: blank("WEBP", (4624, 3468), "RGBA", lossless=True, method=0), "image/jpeg"),
        (lambda: blank("WEBP", (6320, 6320), method=0), "too_big"),
    ],
    ids=[
        "48 MP as phones make them", "progressive", "progressive in all colours", "PNG", "a long PNG", "WEBP",
        "a small file with a large picture",
    ],
)  # fmt: skip
def test_the_largest_that_are_taken_fit_into_the_memory_of_the_child(data, answer):
    came, megabytes = decoded_elsewhere(data())
    assert came == answer
    assert megabytes < 320
