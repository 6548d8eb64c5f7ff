"""Everything that talks with LINE.

In:   web (signature, inbox, 200) -> worker -> events -> handlers -> conversations (pure) -> store, outbox
Out:  delivery -> render -> line_client (reply while the token lives, else push)
"""
