from flask import Flask, jsonify, request

from greet import greet

app = Flask(__name__)


@app.get("/greeting")
def greeting():
    return jsonify(greeting=greet(request.args.get("name", "you")))
