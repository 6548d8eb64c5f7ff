"""Lists what this product is made of, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/); `make sbom`.

The libraries are read from the lock files. Files of other projects in this repository are listed in VENDORED, and the
SBOM gives the SHA-256 of each of them.
"""

import hashlib
import json
import re
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from deploy.locked import ROOT, Library, libraries


@dataclass(frozen=True)
class Vendored:
    """Describes files of another project in this repository. `told_in` is the file whose first bytes name the version.

    `runs` is False for files that only tests need.
    """

    name: str
    licence: str
    files: tuple[str, ...]
    told_in: str = ""
    purl: str = ""
    runs: bool = True


VENDORED: Final = (
    Vendored(
        "axe-core", "MPL-2.0", ("tests/browser/axe.min.js",), "tests/browser/axe.min.js", "pkg:npm/axe-core", runs=False
    ),
    Vendored("common passwords of Django", "BSD-3-Clause", ("store/staff/common_passwords.txt.gz",)),
    Vendored("Sarabun", "OFL-1.1", ("bot/**/*.ttf", "*/static/fonts/*.woff2")),
)  # fmt: skip
_VERSION = re.compile(rb"axe v?(\d+\.\d+\.\d+)")


def sbom(root: Path = ROOT) -> dict[str, Any]:
    """Returns the SBOM as a JSON object.

    Its serial number is computed from the components, so two SBOMs of the same components differ only in their time.
    """
    components = [*map(_library, libraries(root)), *(_vendored(each, root) for each in VENDORED)]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),  # noqa: TID251 - deploy has no store
            "component": {"type": "application", "name": "tessaban", "bom-ref": "tessaban"},
        },
        "components": components,
    }


def _library(library: Library) -> dict[str, Any]:
    purl = f"pkg:pypi/{library.name}@{library.version}"
    return {
        "type": "library",
        "name": library.name,
        "version": library.version,
        "purl": purl,
        "bom-ref": purl,
        "scope": _scope(runs=library.runs),
    }


def _vendored(vendored: Vendored, root: Path) -> dict[str, Any]:
    found = sorted({path for pattern in vendored.files for path in root.glob(pattern) if path.is_file()})
    component = {
        "type": "library",
        "name": vendored.name,
        "bom-ref": vendored.name,
        "scope": _scope(runs=vendored.runs),
        "licenses": [{"license": {"id": vendored.licence}}],
        "components": [_file(path, root) for path in found],
    }
    told = _VERSION.search((root / vendored.told_in).read_bytes()[:1000]) if vendored.told_in else None
    if told is not None:
        component["version"] = told[1].decode()
        component["purl"] = f"{vendored.purl}@{component['version']}"
    return component


def _file(path: Path, root: Path) -> dict[str, Any]:
    name = path.relative_to(root).as_posix()
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"type": "file", "name": name, "bom-ref": name, "hashes": [{"alg": "SHA-256", "content": content}]}


def _scope(*, runs: bool) -> str:
    """Returns CycloneDX's scope: "required", or "excluded" for what only tests need."""
    return "required" if runs else "excluded"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(sbom(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(f"{target}\n")
