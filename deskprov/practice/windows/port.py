"""The port of a practice PC, which stays its own while it is off the network."""

from socket import SO_REUSEADDR, SOL_SOCKET, socket
from socketserver import TCPServer


def bound(address: str, port: int) -> socket:
    """A port that is ours and that nobody listens at, as that of a computer which is off; 0 is any that is free."""
    found = socket()
    found.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    found.bind((address, port))
    return found


def listen(server: TCPServer, port: socket) -> None:
    """Has a server listen there, which was made without binding it anywhere."""
    server.socket.close()
    server.socket = port
    server.server_activate()
