"""Access: signing in, sessions, passwords, and the gate that lets nobody pass whom the table does not allow."""
