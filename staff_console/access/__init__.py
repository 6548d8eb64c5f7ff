"""Signs people in, keeps their sessions and passwords, and lets nobody pass whom the permissions do not allow."""
