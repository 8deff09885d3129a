# SPDX-License-Identifier: GPL-2.0-or-later
"""A network that can be cut: a proxy on loopback before a server's Unix socket."""
import contextlib
import os
import random
import socket
import threading


class Proxy:
    """cut: connections end after a random number of bytes; mute: nobody answers any more."""

    def __init__(self, server, seed=1):
        self.target = os.path.join(server.top, f".s.PGSQL.{server.port}")
        self.chance = random.Random(seed)
        self.cut_after = 0  # bytes, about; 0: never
        self.mute = False
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = (f"postgresql://triage@127.0.0.1:{self.listener.getsockname()[1]}/fleet"
                        "?sslmode=disable&connect_timeout=2")
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        if self.mute:
            with contextlib.suppress(OSError):
                while client.recv(65536):
                    pass
            return
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.target)
        except OSError:
            client.close()
            return
        left = [self.chance.randrange(1, 2 * self.cut_after) if self.cut_after else 1 << 62]
        for a, b in (client, server), (server, client):
            threading.Thread(target=self.pump, args=(a, b, left), daemon=True).start()

    def pump(self, a, b, left):
        with contextlib.suppress(OSError):
            while True:
                data = a.recv(min(65536, max(left[0], 1)))
                if not data:
                    break
                b.sendall(data)
                left[0] -= len(data)
                if left[0] <= 0:
                    self.cuts += 1
                    break
        for one in a, b:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()
