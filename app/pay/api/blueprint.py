"""The blueprint that the routes of pay hang on."""

from app.http import Blueprint

pay = Blueprint("pay", __name__, url_prefix="/v1", description="Base amounts, statements of a month, and the hand-over to payroll.")
