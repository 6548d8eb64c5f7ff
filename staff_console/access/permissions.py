"""Lists who may use which page. An endpoint that is not listed here lets nobody in."""

from typing import Final

from store.staff.accounts import Role

OFFICER, SUPERVISOR, ADMIN = Role.OFFICER, Role.SUPERVISOR, Role.ADMIN

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
PERMISSIONS: Final = {
    #  endpoint                 roles
    "sign_in.sign_out":        {OFFICER, SUPERVISOR, ADMIN},
    "sign_in.remaining":       {OFFICER, SUPERVISOR, ADMIN},
    "password.ask":            {OFFICER, SUPERVISOR, ADMIN},
    "password.change":         {OFFICER, SUPERVISOR, ADMIN},
    "my_sessions.show_all":    {OFFICER, SUPERVISOR, ADMIN},
    "my_sessions.end":         {OFFICER, SUPERVISOR, ADMIN},
    "style.show":              {OFFICER, SUPERVISOR, ADMIN},
    "queue.show":              {OFFICER, SUPERVISOR, ADMIN},  # admins are sent on to the accounts
    "queue.counts":            {OFFICER, SUPERVISOR},
    "cases.show":              {OFFICER, SUPERVISOR},
    "cases.unmask":            {OFFICER, SUPERVISOR},
    "cases.act":               {OFFICER, SUPERVISOR},  # see store.cases.workflows.RULES
    "bulk.tell":               {OFFICER, SUPERVISOR},  # officers only during a surge
    "bulk.show":               {OFFICER, SUPERVISOR},  # officers only their own messages
    "bulk.release":            {SUPERVISOR},
    "bulk.refuse":             {OFFICER, SUPERVISOR},  # officers only their own messages
    "surge.show":              {SUPERVISOR},
    "surge.start":             {SUPERVISOR},
    "surge.decide":            {SUPERVISOR},  # a supervisor cannot confirm their own proposal
    "surge.end":               {SUPERVISOR},
    "surge.set_level":         {OFFICER, SUPERVISOR},
    "files.show":              {OFFICER, SUPERVISOR},
    "files.preview":           {OFFICER, SUPERVISOR},
    "dead_letters.show":              {SUPERVISOR, ADMIN},  # admins see no case numbers, nobody sees contents
    "dead_letters.retry":             {SUPERVISOR, ADMIN},
    "dead_letters.drop":              {SUPERVISOR, ADMIN},
    "quota.show":              {SUPERVISOR, ADMIN},
    "broadcasts.show_all":     {OFFICER, SUPERVISOR},
    "broadcasts.show":         {OFFICER, SUPERVISOR},
    "broadcasts.progress":     {OFFICER, SUPERVISOR},
    "broadcasts.act":          {OFFICER, SUPERVISOR},  # see store.broadcasts.transitions.RULES
    "broadcasts.send_test":    {OFFICER, SUPERVISOR},
    "editor.ask":              {OFFICER, SUPERVISOR},
    "editor.write":            {OFFICER, SUPERVISOR},
    "editor.ask_again":        {OFFICER, SUPERVISOR},
    "editor.change_it":        {OFFICER, SUPERVISOR},
    "previews.preview":        {OFFICER, SUPERVISOR},
    "previews.drawing":        {OFFICER, SUPERVISOR},
    "previews.picture":        {OFFICER, SUPERVISOR},
    "emergency.show_all":      {OFFICER, SUPERVISOR},
    "emergency.ask":           {OFFICER, SUPERVISOR},
    "emergency.send":          {OFFICER, SUPERVISOR},
    "emergency_templates.ask":     {OFFICER, SUPERVISOR},
    "emergency_templates.write":   {OFFICER, SUPERVISOR},
    "emergency_templates.approve": {SUPERVISOR},
    "emergency_templates.retire":  {OFFICER, SUPERVISOR},  # officers only their own, before it is approved
    "testers.show_all":        {OFFICER, SUPERVISOR},
    "testers.invite":          {OFFICER, SUPERVISOR},
    "testers.remove":          {OFFICER, SUPERVISOR},
    "health.metrics":          {SUPERVISOR, ADMIN},  # and whoever has METRICS_TOKEN
    "people.show_all":         {ADMIN},
    "people.add":              {ADMIN},
    "people.show":             {ADMIN},
    "people.change_role":      {ADMIN},
    "people.reset_password":   {ADMIN},
    "people.unlock":           {ADMIN},
    "people.close":            {ADMIN},
    "people.reopen":           {ADMIN},
    "account_requests.show_all":   {SUPERVISOR, ADMIN},
    "account_requests.confirm":    {SUPERVISOR, ADMIN},  # neither the requester nor the account's owner
    "account_requests.refuse":     {SUPERVISOR, ADMIN},
}
# fmt: on

# Forms that are not kept when the session is over: they hold passwords, or need not be sent again.
NEVER_KEPT: Final = frozenset({"password.change", "sign_in.sign_out", "previews.preview"})

# What a person may use until they replace a password that another person chose.
WITH_INITIAL_PASSWORD: Final = frozenset(
    {"password.ask", "password.change", "sign_in.sign_out", "sign_in.remaining"}
)


def may(role: str, endpoint: str | None) -> bool:
    return role in PERMISSIONS.get(endpoint or "", set())
