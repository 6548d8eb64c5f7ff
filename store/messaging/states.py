"""Lists the states of events and messages, and why one of them waits or ended. Each is a column of a closed set."""

from enum import StrEnum


class EventState(StrEnum):
    """Lists the states of an event of the inbox."""

    NEW = "new"
    DONE = "done"
    DEAD = "dead"  # given up after several tries; officers see it


class MessageState(StrEnum):
    """Lists the states of a message of the outbox."""

    READY = "ready"
    SENT = "sent"
    DEAD = "dead"  # given up; officers see it
    DROPPED = "dropped"  # no longer worth sending
    UNREACHABLE = "unreachable"  # the resident blocked the account


class MessageKind(StrEnum):
    """Lists the kinds of messages."""

    REPLY = "reply"  # answers what was just said; free while its reply token is valid, else a billed push
    NOTICE = "notice"  # news


class SentBy(StrEnum):
    """Lists the ways to LINE."""

    REPLY = "reply"  # with a reply token: free, accepted once
    PUSH = "push"  # with a retry key: billed, accepted once in 24 hours, however often it is sent


class Receipt(StrEnum):
    """Says whether the channel has a request. A request that it may have is never sent again in another form."""

    NONE = "none"  # it was never sent, or certainly not taken
    FAILED = (
        "failed"  # no connection was made, or the server reported an error of its own: taken to have nothing
    )
    UNKNOWN = "unknown"  # it was sent, and no answer came: the channel may have it
    TAKEN = "taken"


class Reason(StrEnum):
    """Says why an event or a message waits, was given up or was dropped."""

    # It waits and is tried again by itself.
    NO_QUOTA = "no_quota"  # the messages of the month are used up
    NO_KEY = "no_key"  # this process lacks the key that decrypts it
    RATE_LIMIT = "rate_limit"
    UNAUTHORISED = "unauthorised"  # the access token is refused
    SERVER_ERROR = "server_error"
    NO_ANSWER = "no_answer"
    FAILED = "failed"  # processing the event raised an error
    # It was given up.
    REFUSED = "refused"  # the channel does not accept this message
    NO_CLEAR_ANSWER = "no_clear_answer"  # until the retry key expired
    UNDECRYPTABLE = "undecryptable"
    NO_CONTACT = "no_contact"  # the resident has no address to which messages are sent
    UNWRITABLE = "unwritable"  # its text could not be written
    WORKER_ENDED = "worker_ended"  # each worker that tried it was ended
    RESTORED = "restored"  # it waited in a backup: what became of it since is unknown
    # It was dropped.
    TOO_LATE = "too_late"  # a reply whose token expired and that is not worth a push
    IN_DOUBT = "in_doubt"  # a reply that the channel may have, whose token expired
    BY_STAFF = "by_staff"  # the audit log says by whom and why
