"""Signs staff in and out, keeps their passwords, and checks every request against the table of permissions."""
