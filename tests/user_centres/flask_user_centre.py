"""The user centre as a Flask application, as far as it moves: profile, batch and healthz, as
examples/usercenter/README.md has them. A service as found in the field, but for its header that names the build.

    flask_user_centre.py PORT DATABASE
"""
import json
import logging
import sqlite3
import sys
import threading

from flask import Flask, jsonify, request
from werkzeug.serving import WSGIRequestHandler, run_simple

PORT, DATABASE = int(sys.argv[1]), sys.argv[2]
LOCAL = threading.local()
app = Flask(__name__)


def database():
    """The thread's own connection."""
    if not hasattr(LOCAL, "database"):
        LOCAL.database = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True, timeout=2)
        LOCAL.database.row_factory = sqlite3.Row
    return LOCAL.database


@app.after_request
def name_build(answer):
    answer.headers["X-Build"] = "flask-7"
    return answer


def fail(status, text):
    return jsonify(error=text), status


def score(hundredths):
    return f"{hundredths // 100}.{hundredths % 100:02}"


def id_of(value):
    """The id, or None for what is no valid one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2 ** 63:
        return value
    if isinstance(value, str) and len(value) <= 18 and value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    return None


@app.get("/user/profile")
def profile():
    values = request.args.getlist("id")
    user_id = id_of(values[-1]) if values else None
    if user_id is None:
        return fail(400, "invalid id")
    row = database().execute("SELECT * FROM users WHERE id = ?", (user_id,)).fetchone()
    if row is None:
        return fail(404, "not found")
    return jsonify(id=row["id"], name=row["name"], email=row["email"], roles=row["roles"].split(","),
                   score=score(row["score"]), active=str(row["active"]), settings=json.loads(row["settings"] or "[]"),
                   created_at=row["created_at"], last_login=row["last_login"])


@app.post("/user/batch")
def batch():
    try:
        body = json.loads(request.get_data())
    except ValueError:
        body = None
    asked = body.get("ids") if isinstance(body, dict) else None
    ids = [id_of(value) for value in asked] if isinstance(asked, list) else []
    if not 1 <= len(ids) <= 100 or None in ids:
        return fail(400, "invalid ids")
    marks = ",".join("?" * len(ids))
    rows = {row["id"]: row for row in database().execute(f"SELECT * FROM users WHERE id IN ({marks})", ids)}
    users = [{"id": str(user_id), "name": rows[user_id]["name"], "email": rows[user_id]["email"],
              "roles": rows[user_id]["roles"], "score": score(rows[user_id]["score"])}
             for user_id in ids if user_id in rows]
    return jsonify(count=str(len(users)), users=users, missing=[user_id for user_id in ids if user_id not in rows])


@app.get("/healthz")
def health():
    database().execute("SELECT 1").fetchone()
    return jsonify(status="ok")


logging.getLogger("werkzeug").setLevel(logging.WARNING)
WSGIRequestHandler.protocol_version = "HTTP/1.1"
run_simple("127.0.0.1", PORT, app, threaded=True)
