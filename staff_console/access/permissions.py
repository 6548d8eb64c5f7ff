"""Lists the permission that each page needs. An endpoint that is not listed here lets nobody in.

Which roles have a permission, and to which objects, says `store.staff.permissions`.
"""

from typing import Final

from store.staff.permissions import Permission as P
from store.staff.permissions import Role, has

PUBLIC: Final = frozenset(
    {
        "static",
        "health.healthz",
        "health.readyz",
        "health.security",
        "sign_in.ask",
        "sign_in.check",
        "first_password.ask",  # needs a valid link
        "first_password.choose",
    }
)

# fmt: off
NEEDED: Final = {
    #  endpoint                        permission
    "sign_in.sign_out":                P.CONSOLE_USE,
    "sign_in.remaining":               P.CONSOLE_USE,
    "password.ask":                    P.CONSOLE_USE,
    "password.change":                 P.CONSOLE_USE,
    "my_sessions.show_all":            P.CONSOLE_USE,
    "my_sessions.end":                 P.CONSOLE_USE,
    "style.show":                      P.CONSOLE_USE,
    "queue.show":                      P.CONSOLE_USE,  # admins are sent on to the accounts
    "queue.counts":                    P.CASES_READ,
    "cases.show":                      P.CASES_READ,
    "cases.unmask":                    P.CASES_UNMASK,
    "cases.act":                       P.CASES_ACT,  # see store.workflow.tables
    "surge.set_level":                 P.CASES_SET_LEVEL,
    "files.show":                      P.FILES_READ,
    "files.preview":                   P.FILES_READ,
    "bulk.tell":                       P.BULK_WRITE,
    "bulk.show":                       P.BULK_READ,
    "bulk.release":                    P.BULK_RELEASE,
    "bulk.refuse":                     P.BULK_REFUSE,
    "surge.show":                      P.SURGE_MANAGE,
    "surge.start":                     P.SURGE_MANAGE,
    "surge.decide":                    P.SURGE_MANAGE,  # a supervisor cannot confirm their own proposal
    "surge.end":                       P.SURGE_MANAGE,
    "broadcasts.show_all":             P.BROADCASTS_READ,
    "broadcasts.show":                 P.BROADCASTS_READ,
    "broadcasts.progress":             P.BROADCASTS_READ,
    "broadcasts.act":                  P.BROADCASTS_ACT,  # see store.broadcasts.transitions
    "broadcasts.send_test":            P.BROADCASTS_ACT,
    "editor.ask":                      P.BROADCASTS_WRITE,
    "editor.write":                    P.BROADCASTS_WRITE,
    "editor.ask_again":                P.BROADCASTS_WRITE,
    "editor.change_it":                P.BROADCASTS_WRITE,
    "previews.preview":                P.BROADCASTS_WRITE,
    "previews.drawing":                P.BROADCASTS_WRITE,
    "previews.picture":                P.BROADCASTS_WRITE,
    "emergency.show_all":              P.EMERGENCIES_ORDER,
    "emergency.ask":                   P.EMERGENCIES_ORDER,
    "emergency.send":                  P.EMERGENCIES_ORDER,
    "emergency_templates.ask":         P.TEMPLATES_WRITE,
    "emergency_templates.write":       P.TEMPLATES_WRITE,
    "emergency_templates.approve":     P.TEMPLATES_APPROVE,
    "emergency_templates.retire":      P.TEMPLATES_RETIRE,
    "testers.show_all":                P.TESTERS_LINK,
    "testers.invite":                  P.TESTERS_LINK,
    "testers.remove":                  P.TESTERS_REMOVE,
    "dead_letters.show":               P.DEAD_LETTERS_HANDLE,  # admins see no case numbers, nobody sees contents
    "dead_letters.retry":              P.DEAD_LETTERS_HANDLE,
    "dead_letters.drop":               P.DEAD_LETTERS_HANDLE,
    "jobs.show_all":                   P.JOBS_MANAGE,
    "jobs.progress":                   P.JOBS_MANAGE,
    "jobs.start":                      P.JOBS_MANAGE,
    "jobs.cancel":                     P.JOBS_MANAGE,
    "quota.show":                      P.QUOTA_READ,
    "health.metrics":                  P.METRICS_READ,  # and whoever has METRICS_TOKEN
    "people.show_all":                 P.ACCOUNTS_MANAGE,
    "people.add":                      P.ACCOUNTS_MANAGE,
    "people.show":                     P.ACCOUNTS_MANAGE,
    "people.change_role":              P.ACCOUNTS_MANAGE,
    "people.reset_password":           P.ACCOUNTS_MANAGE,
    "people.unlock":                   P.ACCOUNTS_MANAGE,
    "people.close":                    P.ACCOUNTS_MANAGE,
    "people.reopen":                   P.ACCOUNTS_MANAGE,
    "account_requests.show_all":       P.ACCOUNTS_CONFIRM,
    "account_requests.confirm":        P.ACCOUNTS_CONFIRM,  # neither the requester nor the account's owner
    "account_requests.refuse":         P.ACCOUNTS_CONFIRM,
}
# fmt: on

# Forms that are not kept when the session is over: they hold passwords, or need not be sent again.
NEVER_KEPT: Final = frozenset({"password.change", "sign_in.sign_out", "previews.preview"})

# What a person may use until they replace a password that another person chose.
WITH_INITIAL_PASSWORD: Final = frozenset(
    {"password.ask", "password.change", "sign_in.sign_out", "sign_in.remaining"}
)


def may(role: str, endpoint: str | None) -> bool:
    """Says whether this role may use the endpoint for any object at all; the view asks about the object."""
    return endpoint in NEEDED and has(Role(role), NEEDED[endpoint])
