"""Shows cases: the queue, the page of a case and its actions, bulk messages, surge mode and files."""
