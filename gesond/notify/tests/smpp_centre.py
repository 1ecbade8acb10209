"""A message centre: speaks SMPP 3.4 over real sockets, does what the test says."""

import contextlib
import socket
import struct
import threading

from smpplib import consts, smpp


class Sequence:
    def __init__(self):
        self.sequence = 1000

    def next_sequence(self):
        self.sequence += 1
        return self.sequence


class Centre:
    """`answers` are given to `submit_sm` in turn: a status, or "drop" to hang up, or "silence". Then all is taken."""

    def __init__(self, bind_status=consts.SMPP_ESME_ROK, tls=None):
        self.tls = tls
        self.bind_status = bind_status
        self.answers = []
        self.binds, self.submitted, self.thanked, self.heard = [], [], [], []
        self.connections = []
        self.changed = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()
        self._thread.join(10)

    def hang_up(self):
        for connection, _ in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def wait_until(self, true):
        with self.changed:
            assert self.changed.wait_for(true, timeout=10)

    def deliver(self, text, **fields):
        """Send a `deliver_sm`, as receipts are sent."""
        self.say("deliver_sm", short_message=text, esm_class=consts.SMPP_MSGTYPE_DELIVERYACK, **fields)

    def say(self, command, **fields):
        connection, client = self.connections[-1]
        pdu = smpp.make_pdu(command, client=client, **fields)
        connection.sendall(pdu.generate())

    def _accept(self):
        threads = []
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                if self.tls:
                    connection = self._encrypted(connection)
                if connection is None:
                    continue
                self.connections.append((connection, Sequence()))
                thread = threading.Thread(target=self._serve, args=self.connections[-1])
                thread.start()
                threads.append(thread)
        for thread in threads:
            thread.join(10)

    def _encrypted(self, connection):
        try:
            return self.tls.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return None

    def _serve(self, connection, client):
        with contextlib.suppress(OSError, struct.error):
            stream = connection.makefile("rb")
            while raw := stream.read(4):
                raw += stream.read(struct.unpack(">L", raw)[0] - 4)
                pdu = smpp.parse_pdu(raw, client=client, allow_unknown_opt_params=True)
                self._handle(connection, client, pdu)
        connection.close()

    def _handle(self, connection, client, pdu):
        self._note(pdu)
        if pdu.command == "bind_transceiver":
            self._answer(connection, client, pdu, status=self.bind_status, system_id="centre")
        elif pdu.command == "submit_sm":
            self._submit(connection, client, pdu)
        elif pdu.command in {"enquire_link", "unbind"}:
            self._answer(connection, client, pdu)

    def _submit(self, connection, client, pdu):
        answer = self.answers.pop(0) if self.answers else consts.SMPP_ESME_ROK
        if answer == "drop":
            connection.shutdown(socket.SHUT_RDWR)
        elif answer != "silence":
            self._answer(connection, client, pdu, status=answer, message_id=f"sm-{len(self.submitted)}")

    def _answer(self, connection, client, pdu, **fields):
        answer = smpp.make_pdu(f"{pdu.command}_resp", client=client, **fields)
        answer.sequence = pdu.sequence
        connection.sendall(answer.generate())

    def _note(self, pdu):
        kinds = {"bind_transceiver": self.binds, "submit_sm": self.submitted, "deliver_sm_resp": self.thanked}
        with self.changed:
            kinds.get(pdu.command, self.heard).append(pdu)
            self.changed.notify_all()
