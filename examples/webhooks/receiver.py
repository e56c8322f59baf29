"""Receives Chatpress's webhooks and verifies their signatures: WEBHOOK_SECRET=whsec_... PORT=8080 python3 receiver.py"""
import base64, hashlib, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
SEEN = set()  # an event may come twice; keep the ids in a database


def is_genuine(headers, body):
    event, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "0")
    if not sent.isdigit() or abs(time.time() - int(sent)) > 300:  # an old request that is sent again
        return False
    digest = hmac.new(KEY, f"{event}.{sent}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    return any(hmac.compare_digest(expected, given.encode()) for given in headers.get("webhook-signature", "").split(" "))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        genuine = is_genuine(self.headers, body)
        if genuine and self.headers["webhook-id"] not in SEEN:
            event = json.loads(body)
            channel, message = event["data"].get("channel", {}), event["data"].get("message", {})
            print(event["type"], channel.get("slug", ""), message.get("id", ""), message.get("text", ""), flush=True)
            SEEN.add(self.headers["webhook-id"])
        self.send_response(204 if genuine else 401)
        self.end_headers()


HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Receiver).serve_forever()
