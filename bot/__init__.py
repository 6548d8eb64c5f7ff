"""Talks with residents on LINE: receives events, holds conversations, and sends messages.

In:   web (signature, inbox, 200) -> worker -> line.events -> handlers -> conversations (pure) -> store
Out:  worker -> line.messages -> outbox -> line.delivery -> line.messaging_api (a reply while its token is valid, else a
      push); broadcasts: line.multicast -> line.messaging_api
"""
