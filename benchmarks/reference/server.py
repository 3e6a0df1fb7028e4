"""The reference's API: scans the table for every request, and calls itself for predictions.

Run as ``python -m benchmarks.reference.server DIR PORT``.
"""

import json
import logging
import sys
from pathlib import Path
from urllib.request import urlopen

import joblib
import pandas as pd
from flask import Flask, Response, jsonify

from benchmarks.reference.recipe import FEATURES


def make_app(folder: Path, port: int) -> Flask:
    """Make the app, with the table and the model in memory."""
    app = Flask(__name__)
    table = pd.read_csv(folder / "train_model.csv")
    model = joblib.load(folder / "model_risk.joblib")

    @app.get("/api/user/<user>/caracteristicasriesgo")
    def features(user: str) -> Response:
        rows = table[table["id"] == int(user)]
        latest = rows.sort_values("nb_previous_loans").iloc[-1]
        return jsonify({name: round(float(latest[name]), 10) for name in FEATURES})

    @app.get("/api/user/<user>/prediccion")
    def prediction(user: str) -> Response:
        url = f"http://127.0.0.1:{port}/api/user/{user}/caracteristicasriesgo"
        with urlopen(url) as response:
            found = json.load(response)
        row = pd.DataFrame([found])[FEATURES].fillna(0)
        return jsonify({"resultado": model.predict(row).tolist()})

    return app


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    port_number = int(sys.argv[2])
    make_app(Path(sys.argv[1]), port_number).run("127.0.0.1", port_number, threaded=True)
