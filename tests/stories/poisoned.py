"""Runs a worker that certain words of a resident harm. Started as `python -m tests.stories.poisoned`."""

import sys

from bot.__main__ import main
from tests.faults.harm import let_words_do_harm

if __name__ == "__main__":
    let_words_do_harm()
    sys.exit(main(["worker"]))
