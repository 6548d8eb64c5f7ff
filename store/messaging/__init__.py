"""Holds the messages to and from LINE: the inbox of events, the outbox of messages to send, and the rules of both."""
