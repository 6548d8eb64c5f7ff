"""How the processes are served and run: gunicorn's settings and worker, proxies, units. No application code."""
