"""Members of staff: accounts, passwords, sign-ins and sessions, and how often one of them may do what costs."""
