"""Does the least that any Flask bot does: checks the signature and answers. It stores nothing and sends no reply."""

import base64
import hashlib
import hmac
import os

from flask import Flask, Response, abort, request


def create_app() -> Flask:
    app = Flask(__name__)
    secret = os.environ["LINE_CHANNEL_SECRET"].encode()

    @app.post("/line/webhook")
    def receive() -> Response:
        signature = base64.b64encode(hmac.digest(secret, request.get_data(), hashlib.sha256)).decode()
        if not hmac.compare_digest(signature, request.headers.get("x-line-signature", "")):
            abort(400)
        return Response("OK", mimetype="text/plain")

    return app
