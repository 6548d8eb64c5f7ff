"""Configures how the processes are served and run: gunicorn, proxies, units. It holds no application logic."""
