"""A server that asks for certificates of clients and refuses with TLS alerts, as Temporal Cloud does.

Arguments: its certificate, its key, the authority of its clients. Prints its port.
"""

import socket
import ssl
import sys

certificate, key, authority = sys.argv[1:4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.load_verify_locations(authority)
context.verify_mode = ssl.CERT_REQUIRED

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as accepted:
            accepted.sendall(b"settings")
    except OSError:
        pass
