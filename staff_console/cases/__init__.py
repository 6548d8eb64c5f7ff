"""Cases: the queue, the page of a case and what can be done there, bulk messages, surge mode, files."""
