"""What listens and speaks on a channel: LINE, the conversations in it, and the worker.

In:   web (signature, inbox, 200) -> worker -> line.events -> handlers -> conversations (pure) -> store, outbox
Out:  line.delivery -> line.messages -> line.messaging_api (reply while the token lives, else push)
"""
