"""The blueprint of findings."""

from app.http import Blueprint

anomalies = Blueprint("anomalies", __name__, url_prefix="/v1", description="What looks doubtful, and who decides about it.")
