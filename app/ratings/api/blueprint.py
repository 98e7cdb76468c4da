"""The blueprint that the routes of ratings hang on."""

from app.http import Blueprint

ratings = Blueprint(
    "ratings", __name__, url_prefix="/v1", description="Months as they were rated, the assessments behind them, and the law."
)
