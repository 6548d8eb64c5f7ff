"""Messages with LINE: the inbox of events, the outbox of what is to be told, and the rules of both."""
