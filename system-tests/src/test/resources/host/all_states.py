"""Holds sockets in ten of the eleven TCP states, over IPv4 and IPv6, and opens and closes others in bursts.

CLOSE is missing: no socket table shows a socket that is neither bound nor connected.
"""
import socket
import sys
import threading
import time

HELD = []
BURST = 40
FILLING = b"x" * 65536


def small_buffers(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    return sock


def listener(family, address, backlog=128):
    sock = small_buffers(socket.socket(family, socket.SOCK_STREAM))
    sock.bind((address, 0))
    sock.listen(backlog)
    return sock


def pair(server, family):
    client = small_buffers(socket.socket(family, socket.SOCK_STREAM))
    client.connect(server.getsockname()[:2])
    accepted, _ = server.accept()
    return client, accepted


def fill(sock):
    """Sends until nothing more goes: what comes after, such as a FIN, has to wait."""
    sock.setblocking(False)
    idle = 0
    while idle < 5:
        try:
            sock.send(FILLING)
            idle = 0
        except BlockingIOError:
            idle += 1
            time.sleep(0.05)


def hold(family, address):
    server = listener(family, address)
    held = [server]
    for _ in range(7):  # ESTABLISHED
        held += pair(server, family)
    for _ in range(5):  # FIN_WAIT2 and CLOSE_WAIT
        client, accepted = pair(server, family)
        client.shutdown(socket.SHUT_WR)
        held += [client, accepted]
    for _ in range(3):  # FIN_WAIT1: its FIN waits behind what the peer does not read
        client, accepted = pair(server, family)
        fill(client)
        client.shutdown(socket.SHUT_WR)
        held += [client, accepted]
    for _ in range(2):  # LAST_ACK: the same after the peer's FIN
        client, accepted = pair(server, family)
        client.shutdown(socket.SHUT_WR)
        fill(accepted)
        accepted.shutdown(socket.SHUT_WR)
        held += [client, accepted]
    for _ in range(2):  # CLOSING: the peer's FIN comes while the own one waits
        client, accepted = pair(server, family)
        fill(client)
        client.shutdown(socket.SHUT_WR)
        accepted.shutdown(socket.SHUT_WR)
        held += [client, accepted]
    for _ in range(6):  # TIME_WAIT
        client, accepted = pair(server, family)
        client.close()
        accepted.close()
    # SYN_RECV: the kernel waits for data before it makes a connection.
    deferred = listener(family, address)
    deferred.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 600)
    held.append(deferred)
    for _ in range(4):
        client = socket.socket(family, socket.SOCK_STREAM)
        client.connect(deferred.getsockname()[:2])
        held.append(client)
    # SYN_SENT: a full queue of connections that are not accepted lets no SYN in.
    full = listener(family, address, 0)
    held.append(full)
    for _ in range(4):
        client = socket.socket(family, socket.SOCK_STREAM)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 30)  # It does not give up before the test does.
        client.setblocking(False)
        client.connect_ex(full.getsockname()[:2])
        held.append(client)
    HELD.extend(held)
    return server


def bursts(servers):
    while True:
        for server, family in servers:
            open_ones = [pair(server, family) for _ in range(BURST)]
            for client, accepted in open_ones:
                client.close()
                accepted.close()
        time.sleep(1.5)


def hold_mapped():
    """IPv4 clients of an IPv6 server: one of the two sockets has an address like ::ffff:127.0.0.1."""
    server = listener(socket.AF_INET6, "::")
    HELD.append(server)
    for _ in range(3):
        client = socket.create_connection(("127.0.0.1", server.getsockname()[1]))
        HELD.extend([client, server.accept()[0]])


def main():
    hold_mapped()
    servers = [(hold(socket.AF_INET, "127.0.0.1"), socket.AF_INET), (hold(socket.AF_INET6, "::1"), socket.AF_INET6)]
    threading.Thread(target=bursts, args=(servers,), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


main()
