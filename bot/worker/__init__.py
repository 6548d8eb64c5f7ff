"""The worker: the process whose threads work on the inbox, deliver, and fetch photos and documents."""
