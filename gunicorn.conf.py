"""How gunicorn serves the program: threads, because a request waits for PostgreSQL most of its time."""

import ctypes
import itertools
import os
import shutil
import signal
import socket
import struct

from prometheus_client import values

from app import decrees
from app.config import int_setting, var

bind = f"127.0.0.1:{int_setting('port')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
# One database connection a thread, so that no request waits for one.
threads = int_setting("pool_size")
# Longer than the idle time of the proxies usual in front, so that the proxy is the one to close.
keepalive = 75
graceful_timeout = 20
# Heartbeats in memory: on a slow disk they can stall a healthy worker.
worker_tmp_dir = "/dev/shm"
# It would listen under the home directory of whoever runs the program, and nothing here uses it.
control_socket_disable = True
# A web request that takes longer helps nobody and holds a connection; jobs and commands have no such limit. The second limit is
# for when the database cannot keep the first: frozen, cut off, or waiting for a standby.
raw_env = [
    f"PGOPTIONS={os.environ.get('PGOPTIONS', '-c statement_timeout=5s')}",
    f"TAPAK_DATABASE_WAIT_S={os.environ.get('TAPAK_DATABASE_WAIT_S', '8')}",
    f"PROMETHEUS_MULTIPROC_DIR={var('metrics')}",
]

# prctl(2). Cut off in the middle, a check-in is sent again and is one check-in, so nothing is lost by it.
PR_SET_PDEATHSIG = 1


def on_starting(server):
    """Refuse to start under a broken decree, and count from nothing.

    Prometheus knows counters that begin anew, but not the files of processes long gone.
    """
    decrees.stand()
    shutil.rmtree(var("metrics"), ignore_errors=True)
    var("metrics").mkdir(parents=True, mode=0o700)


def pre_fork(server, worker):
    """Give the worker the lowest number that none of the living has. It counts in the files of that number, so what a dead one
    counted stays counted, and there are never more files than workers."""
    taken = {other.number for other in server.WORKERS.values()}
    worker.number = next(number for number in itertools.count() if number not in taken)


def post_fork(server, worker):
    """Before the worker reads the program: its number, and its end together with its arbiter's.

    An orphan would hold the port against the next arbiter, as long as its slowest request.
    """
    values.ValueClass = values.MultiProcessValue(lambda: worker.number)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker.ppid:
        os.kill(os.getpid(), signal.SIGKILL)


def when_ready(server):
    """Let the kernel hold a new connection until it says something: gunicorn gives each silent one a thread for five seconds.

    And let it end the wait for the rest of a request: a phone that lost its network in the middle would keep a thread for ever.
    Connections inherit both from the socket they arrive at.
    """
    patience = struct.pack("ll", int_setting("upload_wait_s"), 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, keepalive)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
