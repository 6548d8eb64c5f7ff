"""Describes where the demo runs: its ports, its folder, its staff accounts, and the environment of its processes."""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from line_simulator.demo.children import DemoError

HOST = "127.0.0.1"
ROLES = {"officer": "เจ้าหน้าที่", "supervisor": "หัวหน้างาน", "admin": "ผู้ดูแลระบบ"}
DEPARTMENTS = {"engineering": "กองช่าง", "office": "สำนักปลัด", "": ""}


@dataclass(frozen=True)
class DemoAccount:
    """Describes a member of staff who can sign in; one without a department sees all departments."""

    username: str
    full_name: str
    role: str
    department: str = ""


SUPERVISOR = DemoAccount("wichai", "วิชัย รอบคอบ", "supervisor")
STAFF = (
    DemoAccount("malee", "มาลี ใจงาม", "officer", "engineering"),
    DemoAccount("somchai", "สมชาย ขยันดี", "officer", "office"),
    SUPERVISOR,
    DemoAccount("admin", "ดารณี ดูแลระบบ", "admin"),
)


@dataclass(frozen=True)
class DemoSite:
    port: int
    folder: Path

    @property
    def simulator(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def web(self) -> str:
        return f"http://{HOST}:{self.port + 1}"

    @property
    def console(self) -> str:
        return f"http://{HOST}:{self.port + 2}"

    @property
    def data(self) -> Path:
        return self.folder / "demo"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def keys_file(self) -> Path:
        return self.folder / "demo.env"

    def prepare(self) -> None:
        """Makes the folders; raises DemoError when there is data but the file with its key is gone."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise DemoError(f"Cannot write to {self.folder}: {error.strerror}.") from error
        if (self.data / "tessaban.db").exists() and not self.keys_file.exists():
            raise DemoError(
                f"{self.keys_file} is gone, and with it the key of the data in {self.data}."
                " Bring it back, or delete that folder to begin anew."
            )

    def environment(self, outer: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
        """Returns the environment of the child processes; the demo's keys replace any of a real account."""
        inherited = {name: value for name, value in outer.items() if name != "MUNICIPALITY"}
        return {
            **inherited,
            **keys,
            "DATABASE_URL": outer.get("DATABASE_URL") or f"sqlite:///{self.data}/tessaban.db",
            "MEDIA_URL": str(self.data / "media"),
            "LINE_API_URL": self.simulator,
            "LINE_API_DATA_URL": self.simulator,
            "PUBLIC_URL": self.web,
            "CONSOLE_URL": self.console,
            # All requests stay on this machine, whatever proxy the environment names.
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def check_ports(self) -> None:
        """Raises DemoError unless the three ports are free, which is clearer than three logs of failed processes."""
        for port in range(self.port, self.port + 3):
            reason = _reason_against(port)
            if reason:
                raise DemoError(
                    f"Port {port} {reason}. The demo needs {self.port} to {self.port + 2}."
                    f" Take others: make demo DEMO_PORT={9000 if self.port != 9000 else 9100}"
                )


def _reason_against(port: int) -> str:
    if not 0 < port < 65536:
        return "does not exist"
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return ""
