"""Commands of the store: `python -m store upgrade | backup | restore | copy | compact | verify-audit | …`."""

import argparse
import os
import shutil
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from store.audit.chain import AUDIT_KEY, BadAnchor, read_anchor, verify
from store.database.engine import Database
from store.files.media import Media
from store.operations.archive import BadBackup, open_archive
from store.operations.backup import back_up, copy_database, name_damaged, restore
from store.operations.copying import Differs, DoesNotFit, NotEmpty, one_look
from store.operations.data_keys import open_database
from store.operations.reencryption import reencrypt, sentences
from store.operations.schema import BrokenPointers, upgrade, write_revision
from store.settings import SettingsError, StoreSettings, data_keys


class DamagedFiles(Exception):
    """Says that the backup was taken but files are damaged, so that a scheduled backup ends with an error code."""


class ChangedAuditLog(Exception):
    """Says that entries of the audit log are not as they were written."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        settings = StoreSettings.from_environment(os.environ)
        print(COMMANDS[given.command](settings, given))
    except (DamagedFiles, ChangedAuditLog) as error:
        print(error)
        return 1
    except (
        SettingsError,
        BadBackup,
        NotEmpty,
        Differs,
        DoesNotFit,
        BrokenPointers,
        BadAnchor,
        OSError,
    ) as error:
        return _complain(str(error))
    except (SQLAlchemyError, TimeoutError) as error:
        return _complain(
            f"The database refused ({type(error).__name__}): nothing was changed. Check DATABASE_URL."
        )
    return 0


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _upgrade(settings: StoreSettings, _given: argparse.Namespace) -> str:
    with closing(Database(settings)) as database:
        upgrade(database)
    return "The database has the newest schema."


def _back_up(settings: StoreSettings, given: argparse.Namespace) -> str:
    key = _key(given)
    with closing(open_database(settings)) as database:
        report = back_up(database, Media(settings.media_url, database.cipher), given.folder, key=key)
    said = f"{report.rows} rows and {report.files} files are in {given.folder}."
    if not report.damaged:
        return said
    named = name_damaged(open_archive(given.folder, key), report.damaged)
    raise DamagedFiles(
        "\n".join([said, f"{len(report.damaged)} files are damaged or missing where they lie now:", *named])
    )


def _restore(settings: StoreSettings, given: argparse.Namespace) -> str:
    key = _key(given)
    with closing(Database(settings)) as database:
        media = Media(settings.media_url, database.cipher)
        report = restore(database, media, given.folder, key=key, without_damaged=given.without_damaged)
    said = [f"{report.rows} rows and {report.files} files are restored."]
    if report.damaged:
        said.append(f"{len(report.damaged)} files are left out because they are damaged or missing:")
        said += name_damaged(open_archive(given.folder, key), report.damaged)
    return "\n".join([*said, *report.notes])


def _copy(settings: StoreSettings, given: argparse.Namespace) -> str:
    target_settings = replace(settings, database_url=given.to)
    with closing(Database(settings)) as source, closing(Database(target_settings)) as target:
        counts = copy_database(source, target)
    lines = [f"{name}: {count}" for name, count in counts.items()]
    return "\n".join(
        [*lines, "Copied and compared: all equal. Set DATABASE_URL to the new one and start again."]
    )


def _compact(settings: StoreSettings, _given: argparse.Namespace) -> str:
    with closing(Database(settings)) as database:
        if not database.is_sqlite:
            return "PostgreSQL gives room back by itself: nothing to do."
        file = Path(database.engine.url.database or "")
        before = file.stat().st_size
        if (free := shutil.disk_usage(file.parent).free) < 2 * before:
            raise OSError(
                f"It needs {2 * before >> 20} MB of free room for a while, and there are {free >> 20} MB."
            )
        database.vacuum()
    return f"The database had {before >> 20} MB and has {file.stat().st_size >> 20} MB."


def _reencrypt(settings: StoreSettings, _given: argparse.Namespace) -> str:
    with closing(open_database(settings)) as database:
        media = Media(settings.media_url, database.cipher)
        done = reencrypt(database, media, lambda sentence: print(sentence, flush=True))
        return "\n".join(sentences(done, database.cipher))


def _verify_audit(settings: StoreSettings, given: argparse.Namespace) -> str:
    anchor = read_anchor(given.against) if given.against else None
    with closing(open_database(settings)) as database, one_look(database) as connection:
        found = verify(connection, database.cipher.derived_key(AUDIT_KEY), anchor)
    if found.fault:
        raise ChangedAuditLog(f"The audit log was tampered with: {found.fault}.")
    if given.anchor:
        return str(found.head or "")
    return f"{found.checked} entries are as they were written; {found.pending} have no checkpoint yet."


def _revision(settings: StoreSettings, given: argparse.Namespace) -> str:
    with closing(Database(settings)) as database:
        write_revision(database, given.words)
    return "Read the draft before you keep it."


def _key(given: argparse.Namespace) -> bytes | None:
    return data_keys(given.key_file.read_text().strip())[0] if given.key_file else None


COMMANDS = {
    "upgrade": _upgrade,
    "backup": _back_up,
    "restore": _restore,
    "copy": _copy,
    "compact": _compact,
    "reencrypt": _reencrypt,
    "verify-audit": _verify_audit,
    "revision": _revision,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="bring the database to the newest schema")
    for name, text in (("backup", "write all rows and files into a new folder, while the system runs"),
                       ("restore", "read a backup into an empty database and media folder")):  # fmt: skip
        command = commands.add_parser(name, help=text)
        command.add_argument("folder", type=Path)
        command.add_argument(
            "--key-file", type=Path, help="encrypts the backup: 32 bytes in base64, kept elsewhere"
        )
    commands.choices["restore"].add_argument(
        "--without-damaged",
        action="store_true",
        help="restore the rest where files of the backup are damaged or missing",
    )
    copy = commands.add_parser("copy", help="copy everything into another database and compare (stop first)")
    copy.add_argument("--to", required=True, metavar="URL")
    commands.add_parser(
        "compact", help="write a SQLite file anew without its holes; nobody can write meanwhile"
    )
    commands.add_parser(
        "reencrypt", help="encrypt everything again with the first key, while the system runs"
    )
    verify_audit = commands.add_parser("verify-audit", help="find the first changed entry of the audit log")
    verify_audit.add_argument(
        "--anchor", action="store_true", help="print only the anchor, to keep elsewhere"
    )
    verify_audit.add_argument(
        "--against", metavar="ANCHOR", help="check also that the log goes on from there"
    )
    revision = commands.add_parser("revision", help="draft the next migration from the models")
    revision.add_argument("words")
    return parser


if __name__ == "__main__":
    sys.exit(main())
