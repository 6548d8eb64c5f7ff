"""Talks with residents on LINE: receives events, holds conversations, and sends messages.

In:   web (signature, inbox, 200) -> worker -> line.events -> handlers -> conversations (pure) -> store, outbox
Out:  line.delivery -> line.messages -> line.messaging_api (reply while the token lives, else push)
"""
