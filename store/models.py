"""Names every module that describes tables, so that all of them are known to whoever compares or copies a database."""

from store import system_models
from store.audit import models as audit_models
from store.broadcasts import models as broadcasts_models
from store.cases import models as cases_models
from store.database import models as database_models
from store.database.engine import Table
from store.files import models as files_models
from store.messaging import models as messaging_models
from store.quota import models as quota_models
from store.residents import models as residents_models
from store.staff import models as staff_models

OTHERS = (
    audit_models,
    broadcasts_models,
    cases_models,
    database_models,
    files_models,
    messaging_models,
    quota_models,
    residents_models,
    staff_models,
    system_models,
)
TABLES = Table.metadata
