"""Lists what each kind of job does, for a worker with these settings."""

from store.files.media import Media
from store.jobs.models import JobKind
from store.jobs.runner import Kind
from store.operations.backup_job import BackupJob
from store.operations.reencryption_job import ReencryptionJob
from store.settings import StoreSettings


def job_kinds(settings: StoreSettings, media: Media) -> dict[JobKind, Kind]:
    """Returns the kinds of jobs that this process can do: without BACKUP_FOLDER it takes no backups."""
    kinds: dict[JobKind, Kind] = {JobKind.REENCRYPT: ReencryptionJob(media)}
    if settings.backup is not None:
        kinds[JobKind.BACKUP] = BackupJob(settings.backup, media)
    return kinds
