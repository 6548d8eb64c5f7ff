"""Serves the queue, the page and the files of a case, bulk messages to residents of several cases, and surge mode."""
