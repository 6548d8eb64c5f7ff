"""LINE: events as they come in, messages as they go out, the calls to its APIs and the rules for repeating them."""
