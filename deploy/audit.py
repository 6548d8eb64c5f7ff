"""Asks OSV (https://google.github.io/osv.dev/api/) whether weaknesses of the locked libraries are known; `make audit`.

The exit code is 1 if some are. If OSV does not answer, the exit code is 0 and the output says that nothing was checked:
without a network the check must not fail, and must not seem to have passed either.
"""

import json
import os
import sys
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from deploy.locked import Library, libraries

OSV: Final = "https://api.osv.dev"
SECONDS: Final = 20.0


class NotAnswered(RuntimeError):
    """Says that OSV was not reached, or that its answer was not as documented."""


def known_weaknesses(locked: list[Library], address: str = OSV) -> dict[Library, list[str]]:
    """Returns the ids of the advisories of each library that has any.

    Raises NotAnswered if OSV does not answer for every library.
    """
    if not address.startswith(("https://", "http://127.0.0.1:")):
        raise NotAnswered(f"{address} is no address to ask")
    queries = [
        {"package": {"ecosystem": "PyPI", "name": library.name}, "version": library.version}
        for library in locked
    ]
    request = urllib.request.Request(  # noqa: S310 - the address was looked at above
        f"{address}/v1/querybatch",
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            results = json.load(answer)["results"]
        found = {library: _ids(result) for library, result in zip(locked, results, strict=True)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotAnswered(f"{type(error).__name__}: {error}") from error
    return {library: ids for library, ids in found.items() if ids}


def _ids(result: Mapping[str, Any]) -> list[str]:
    return sorted(str(each["id"]) for each in result.get("vulns", []))


def main(address: str) -> int:
    locked = libraries()
    try:
        found = known_weaknesses(locked, address)
    except NotAnswered as error:
        sys.stdout.write(f"NOTHING WAS CHECKED: the advisory service did not answer ({error}).\n")
        return 0
    for library, ids in found.items():
        use = "" if library.runs else " (tests only)"
        sys.stdout.write(f"{library.name} {library.version}{use}: {', '.join(ids)}\n")
    sys.stdout.write(f"{len(locked)} libraries checked, {len(found)} with known weaknesses.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("OSV_URL", OSV)))
