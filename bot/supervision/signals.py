"""Sets an event when a signal asks the worker to end.

A signal handler runs in the middle of whatever the main thread does. If it took a lock, as `Event.set` does, it would
wait for ever when the main thread, or an earlier signal, holds it. So Python writes the signals to a socket, and a
thread that reads it sets the event.
"""

import signal
import socket
import threading


def set_when_asked_to_leave(stop: threading.Event) -> None:
    """Sets `stop` at SIGTERM or SIGINT. It must be called in the main thread, once in a process."""
    wake, ear = socket.socketpair()
    wake.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT):
        # Python writes the number to the socket itself; without a handler of ours the process would end at once.
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(ear, wake, stop), name="signals", daemon=True).start()


def _listen(ear: socket.socket, _wake: socket.socket, stop: threading.Event) -> None:
    """Sets `stop` at SIGTERM or SIGINT. It keeps both ends of the socket open: signals may arrive while we end."""
    while rung := ear.recv(64):
        if signal.SIGTERM in rung or signal.SIGINT in rung:
            stop.set()
