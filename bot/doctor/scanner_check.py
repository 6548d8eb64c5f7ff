"""Checks the virus scanner for the doctor."""

from bot.doctor.findings import Finding, fail, ok
from store.files.limits import MAX_BYTES
from store.files.scanner import Scanner, ScannerUnavailable


def examine_scanner(scanner: Scanner) -> Finding:
    """Checks whether clamd answers, takes the largest file that residents may send, and finds the test virus."""
    if not scanner.address:
        return ok("virus scan", "off: CLAMD is not set")
    try:
        version = scanner.version()
    except ScannerUnavailable as error:
        return fail(
            "virus scan",
            f"clamd does not answer at {scanner.address} ({error}): what residents send waits for it",
            "start clamav-daemon, let our user reach its socket, or unset CLAMD",
        )
    try:
        scanner.has_virus(bytes(MAX_BYTES))
        knows = scanner.knows_the_test_virus()
    except ScannerUnavailable as error:
        return fail(
            "virus scan",
            f"clamd does not take {MAX_BYTES:,} bytes ({error})",
            "set StreamMaxLength to 25M in clamd.conf and restart clamav-daemon",
        )
    if not knows:
        return fail("virus scan", "clamd does not find the test virus", "let freshclam fetch its signatures")
    return ok("virus scan", version)
